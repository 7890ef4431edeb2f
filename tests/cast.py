"""The people of the tests, with fixed ids, and a directory that knows exactly them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.directory import EVERYONE, Actor, Assignment, CaseFacts, group_key
from engine.errors import NotFound

REGION, OFFICE = 1, 2
"""Two units: the office lies in the region."""

PARENT_UNIT = {OFFICE: REGION, REGION: None}


def person(user_id: int, name: str, *held: tuple[str, int | None], language: str = "en") -> Actor:
    """Return an actor who holds each ``(role, unit)``, and what everybody holds."""
    return Actor(
        user_id=user_id,
        name=name,
        groups=frozenset({EVERYONE} | {group_key(role, unit) for role, unit in held}),
        roles=frozenset({EVERYONE} | {role for role, _ in held}),
        language=language,
    )


AN_RUI = person(1, "An Rui 安睿", ("ar", OFFICE), language="zh_CN")
SU_RAN = person(2, "Su Ran 苏然", ("sr", OFFICE))
FU_RONG = person(3, "Fu Rong 傅荣", ("fr", OFFICE))
LIN = person(4, "Lin 林", ("lead_manager", REGION))
DONG = person(5, "Dong", ("decision_team", REGION))
CHENG = person(6, "Cheng", ("contract_manager", REGION))
FANG = person(7, "Fang", ("finance", REGION))
OUYANG = person(8, "Ouyang", ("process_owner", None))
MAX = person(9, "Max", ("manager", REGION))
EVE = person(10, "Eve")
CAST = (AN_RUI, SU_RAN, FU_RONG, LIN, DONG, CHENG, FANG, OUYANG, MAX, EVE)


class FixedDirectory:
    """Answers the engine's questions about the cast, by the rules of :class:`engine.directory.Directory`."""

    def __init__(self, people: Sequence[Actor] = CAST) -> None:
        self._people = {actor.user_id: actor for actor in people}

    def assign(
        self, session: Session, roles: Sequence[str], case: CaseFacts, levels: Sequence[str | None] | None = None
    ) -> list[Assignment]:
        return [self._one(role, case) for role in roles]

    def _one(self, role: str, case: CaseFacts) -> Assignment:
        if role == EVERYONE:
            return Assignment(EVERYONE)
        if role == "submitter" and role not in case.team:
            return Assignment(group_key(role, case.unit_id), case.started_by)
        if role in case.team:
            return Assignment(group_key(role, case.unit_id), case.team[role])
        held = {key for actor in self._people.values() for key in actor.groups}
        unit = case.unit_id
        while unit is not None:
            if group_key(role, unit) in held:
                return Assignment(group_key(role, unit))
            unit = PARENT_UNIT[unit]
        return Assignment(role if role in held else "admin")

    def superiors(self, session: Session, unit_id: int | None, level: int) -> list[int]:
        return [LIN.user_id or 0] if level == 1 else [MAX.user_id or 0]

    def members(self, session: Session, group: str) -> list[int]:
        if group == EVERYONE:
            return []
        return [user_id for user_id, actor in self._people.items() if user_id is not None and group in actor.groups]

    def actor(self, session: Session, user_id: int) -> Actor:
        if user_id not in self._people:
            raise NotFound(user_id=user_id)
        return self._people[user_id]
