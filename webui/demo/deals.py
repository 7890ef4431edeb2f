"""Runs the demo's opportunities and contracts through their processes, as their people would: every state is real."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.clock import FixedClock
from engine.directory import Actor
from engine.errors import NotAllowed, RuleRefused
from engine.inbox.attachments import attach
from engine.inbox.records import WorkItem
from engine.instances import operations
from engine.jobs.draining import drain
from engine.room import EngineRoom
from handlers.organisation import queries as people
from webui.demo import company, stories
from webui.demo.stories import Story

PROCESS, FIRST = "opportunity", "understand_opportunity"
SEED = 20260917
FEN_PER_WAN = 1_000_000
FIRST_HOUR, LAST_HOUR = 9, 17
MOST_STEPS = 200
ENDS = frozenset({"won", "lost"})
"""A deal that ended: nothing waits any more."""
TOLD = ("name", "wan", "demand", "trigger", "edge", "vision", "value")
"""What a story says in its own words."""

Answers = dict[str, Any]


class DealStory(Story):
    """One opportunity, as far as it is told; see ``deals.yaml``. ``says`` overrides answers by element."""

    until: str
    days_ago: int
    customer: str
    ar: str
    sr: str
    fr: str
    name: str
    wan: int
    decides_in: int
    tender_in: int = 25
    trigger: str
    demand: str
    needs: tuple[str, str, str]
    rival: tuple[str, str, str, str]
    edge: str
    vision: str
    value: str
    pd: str = ""
    sponsor: str = ""
    strategic: bool = False
    margin: int = 26
    win: int = 60
    score: int = 4
    rating: str = "B"
    result: str = "won"
    winner: str = ""
    loss: str = "product_fit"
    loss_detail: str = "function"
    says: dict[str, Answers] = Field(default_factory=dict)

    @property
    def tier(self) -> str:
        """The layer that the table proposes (`ltc.md` D2)."""
        return "strategic" if self.strategic else "key" if self.wan >= 500 else "general"

    @property
    def body(self) -> str:
        """The body that the table proposes (`ltc.md` D3), without uplifts."""
        base = 0 if self.wan < 500 else 1 if self.wan < 3000 else 2
        return ("rep", "region", "company")[max(base, 1 if self.strategic else 0)]


@cache
def deals() -> list[DealStory]:
    """Return the deals in the order of the file."""
    return [DealStory.model_validate(each) for each in stories.told_in("deals.yaml")]


@cache
def usual() -> dict[str, Answers]:
    """Return the answers by element, with the places that a story fills."""
    answers: dict[str, Answers] = stories.told_in("deal_answers.yaml")
    return answers


class Strayed(RuntimeError):
    """A deal did not come to where its story leaves it: the diagrams and the demo no longer fit."""


class Deals:
    """One run over all deals, in one database, at a clock that only this run moves."""

    def __init__(
        self, factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, *, now: datetime, zone: ZoneInfo
    ) -> None:
        """``clock`` must be the one in ``room``; ``now`` is the moment that the deals lead up to."""
        self._factory, self._room, self._clock, self._now, self._zone = factory, room, clock, now, zone
        self._known: dict[str, Actor] = {}
        self._visits: dict[str, int] = {}

    def run(self, told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Run every deal to where its story leaves it; return how many."""
        for done, story in enumerate(deals(), 1):
            self._run(story, random.Random(SEED + done))  # noqa: S311 - stories, not secrets
            told(done, len(deals()))
        self._clock.set(self._now)
        drain(self._room, self._factory)
        return len(deals())

    def _run(self, story: DealStory, dice: random.Random) -> None:
        moments, self._visits = self._moments(story, dice), {}
        self._clock.set(next(moments))
        with database.transaction(self._factory) as session:
            by = self._person(session, story.ar)
            unit_id = company.unit_id(session, stories.customers()[story.customer].unit)
            answers = self._answers(session, story, FIRST, by)
            instance_id = operations.start(
                session, PROCESS, by=by, room=self._room, answers=answers, unit_id=unit_id
            ).instance_id
        drain(self._room, self._factory)
        for _ in range(MOST_STEPS):
            with database.reading(self._factory) as session:
                item = self._next(session, instance_id, story.until)
            if item is None:
                break
            self._clock.set(next(moments))
            self._act(story, item)
            drain(self._room, self._factory)
        with database.reading(self._factory) as session:
            waiting = set(session.scalars(self._open(instance_id).with_only_columns(WorkItem.element)))
        if story.until not in waiting and (story.until not in ENDS or waiting):
            raise Strayed(f"{story.name!r} should wait at {story.until}, but waits at {sorted(waiting)}")

    def _open(self, instance_id: int) -> sa.Select[WorkItem]:
        return (
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.completed_at.is_(None))
            .order_by(WorkItem.id)
        )

    def _next(self, session: Session, instance_id: int, until: str) -> WorkItem | None:
        """Return what is done next: the oldest task but the one at which the story ends; nothing if only that waits."""
        waiting = session.scalars(self._open(instance_id)).all()
        return next((each for each in waiting if each.element != until), None)

    def _act(self, story: DealStory, item: WorkItem) -> None:
        refused: Exception | None = None
        with database.reading(self._factory) as session:
            candidates = self._candidates(session, item)
        for by in candidates:
            try:
                with database.transaction(self._factory) as session:
                    answers = self._answers(session, story, item.element, by)
                    operations.complete(session, item.id, answers, by=by, room=self._room)
            except (NotAllowed, RuleRefused) as error:  # who proposes does not decide: somebody else does
                refused = error
            else:
                return
        raise Strayed(f"{story.name!r}: nobody may do {item.element}") from refused

    def _candidates(self, session: Session, item: WorkItem) -> list[Actor]:
        if item.assignee_id is not None:
            return [self._room.directory.actor(session, item.assignee_id)]
        everybody = [self._person(session, each.username) for each in stories.organisation().people]
        return [each for each in everybody if item.group_key in each.groups]

    def _person(self, session: Session, username: str) -> Actor:
        if username not in self._known:
            user = people.user_named(session, username)
            assert user is not None, username
            self._known[username] = self._room.directory.actor(session, user.id)
        return self._known[username]

    def _answers(self, session: Session, story: DealStory, element: str, by: Actor) -> Answers:
        visit = self._visits[element] = self._visits.get(element, 0) + 1
        again = usual().get(f"{element} {visit}", {})
        given = {**usual().get(element, {}), **again, **story.says.get(element, {})}
        answers: Answers = _Filler(self, session, story, by, self._clock.now().astimezone(self._zone).date()).fill(
            given
        )
        return {name: value for name, value in answers.items() if value is not None}

    def decides_on(self, story: DealStory) -> date:
        """Return the day on which the customer of a story decides."""
        return (self._now + timedelta(days=story.decides_in)).astimezone(self._zone).date()

    def file(self, session: Session, name: str, story: DealStory, by: Actor) -> str:
        """Keep a file for an answer; return its token."""
        text = f"{story.name}\n\n{story.vision}\n\n{story.value}\n"
        now = self._clock.now()
        return attach(session, text.encode(), filename=name, media_type="text/plain", by=by, now=now).token

    def person_id(self, session: Session, username: str) -> int:
        """Return the id of somebody by user name."""
        user_id = self._person(session, username).user_id
        assert user_id is not None, username
        return user_id

    def _moments(self, story: DealStory, dice: random.Random) -> Iterator[datetime]:
        """Yield moments at work, from the story's first day on, slower as they come near to now, never after it."""
        start = self._now - timedelta(days=story.days_ago)
        span = (self._now - timedelta(hours=3)) - start
        passed = 0.0
        while True:
            yield min(self._at_work(start + span * passed, dice), self._now - timedelta(minutes=10))
            passed += (1 - passed) * dice.uniform(0.04, 0.09)

    def _at_work(self, moment: datetime, dice: random.Random) -> datetime:
        there = moment.astimezone(self._zone)
        while not self._room.calendar.is_working_day(there.date()):
            there += timedelta(days=1)
        if not FIRST_HOUR <= there.hour < LAST_HOUR:
            there = datetime.combine(there.date(), time(dice.randrange(FIRST_HOUR, LAST_HOUR)), self._zone)
        return there.astimezone(UTC)


class _Filler:
    """Puts the words, people, days and files of one story into answers."""

    def __init__(self, run: Deals, session: Session, story: DealStory, by: Actor, today: date) -> None:
        self._run, self._session, self._story, self._by, self._today = run, session, story, by, today
        customer = stories.customers()[story.customer]
        self._customer = customer
        rival, link, strength, weakness = story.rival
        self._words = {
            "customer": customer.zh,
            "industry": customer.industry,
            "rival": rival,
            "rival_link": link,
            "rival_strength": strength,
            "rival_weakness": weakness,
            **{
                key: str(getattr(story, key)) for key in ("name", "wan", "demand", "trigger", "edge", "vision", "value")
            },
            **{f"need{place}": each for place, each in enumerate(story.needs, 1)},
            **{f"person{place}": each[0] for place, each in enumerate(customer.people, 1)},
            **{f"post{place}": each[1] for place, each in enumerate(customer.people, 1)},
        }
        self._meanings: Mapping[str, Callable[[str], Any]] = {
            "day": lambda word: (today + timedelta(days=int(word))).isoformat(),
            "decides": lambda word: (run.decides_on(story) + timedelta(days=int(word))).isoformat(),
            "tender": lambda word: (today + timedelta(days=story.tender_in + int(word))).isoformat(),
            "amount": lambda word: round(story.wan * FEN_PER_WAN * float(word)),
            "role": lambda word: run.person_id(session, name) if (name := getattr(story, word)) else None,
            "person": lambda word: run.person_id(session, word),
            "unit": lambda _word: company.unit_id(session, customer.unit),
            "file": lambda word: run.file(session, word, story, by),
            "flag": lambda word: bool(getattr(story, word)),
            "number": lambda word: int(getattr(story, word)),
            "text": lambda word: str(getattr(story, word)) or None,
        }

    def fill(self, value: Any) -> Any:
        """Return ``value`` with everything in its place."""
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if not isinstance(value, str):
            return value
        kind, colon, word = value.partition(":")
        if colon and kind in self._meanings:
            return self._meanings[kind](word)
        return value.format_map(self._words) if "{" in value else value
