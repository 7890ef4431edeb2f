"""How a record was governed: what was decided at its gates, which actions came of it, which flags it carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.text import Text
from handlers.deciding import queries as deciding
from handlers.deciding.operations import may_finish
from handlers.deciding.records import GATES, ActionItem, GateDecision
from handlers.quality import queries as quality
from handlers.quality.records import KINDS, QualityFlag
from webui.cases.timeline import Moment, Story
from webui.i18n import say
from webui.runtime import room, runtime

BODIES = MappingProxyType(
    {
        "rep": Text("Representative office", "代表处"),
        "region": Text("Region", "地区部"),
        "company": Text("Company", "公司"),
    }
)
"""The three bodies that decide (`ltc.md` D3)."""


@dataclass(frozen=True, slots=True)
class Governance:
    """The decisions, oldest first; the actions, open ones first; the flags, newest first."""

    decisions: Sequence[GateDecision]
    actions: Sequence[ActionItem]
    flags: Sequence[QualityFlag]
    today: date

    @property
    def gates(self) -> Mapping[str, Text]:
        """The names of the gates."""
        return GATES

    @property
    def kinds(self) -> Mapping[str, Text]:
        """The names of the flags."""
        return KINDS

    @property
    def bodies(self) -> Mapping[str, Text]:
        """The names of the bodies that decide."""
        return BODIES

    def is_overdue(self, action: ActionItem) -> bool:
        """Whether an open action's day has passed."""
        return action.done_at is None and action.due_on is not None and action.due_on < self.today

    def may_finish(self, action: ActionItem, actor: Actor) -> bool:
        """Whether ``actor`` may tick the action off."""
        return action.done_at is None and may_finish(action, actor)

    def people(self) -> Iterator[int | None]:
        """Yield everybody who is named, so that the page looks names up once."""
        for each in self.decisions:
            yield from (each.proposed_by, each.decided_by)
        for action in self.actions:
            yield from (action.owner_id, action.done_by)
        for flag in self.flags:
            yield from (flag.raised_by, flag.resolved_by)


def governance(session: Session, record_type: str, record_id: int) -> Governance:
    """Return how a record was governed; three statements."""
    return Governance(
        deciding.decisions(session, record_type, record_id),
        deciding.actions(session, record_type, record_id),
        quality.flags(session, record_type, record_id),
        today(),
    )


def tell_flags(story: Story, flags: Sequence[QualityFlag]) -> None:
    """Put into the story of the record's case when each flag was raised, and when it was resolved (`ltc.md` D9)."""
    for flag in flags:
        name = say(KINDS[flag.kind])
        if flag.detail.get("what"):
            name = gettext("%(flag)s: %(what)s", flag=name, what=flag.detail["what"])
        story.moments.append(Moment(flag.raised_at, "", gettext("Quality flag: %(flag)s", flag=name), "warning"))
        if flag.resolved_at is not None:
            words = gettext("Quality flag resolved: %(flag)s", flag=name)
            story.moments.append(Moment(flag.resolved_at, "", words, "done"))
    story.moments.sort(key=lambda each: each.at)


def today() -> date:
    """Return the day that it is in the zone of the company."""
    return room().clock.now().astimezone(runtime().settings.zone).date()
