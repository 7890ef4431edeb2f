"""Runs the demo's opportunities and contracts through their processes, as their people would: every state is real.

They move side by side in the order of time, so that numbers, notices and timers come out as in a real company.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.clock import FixedClock
from engine.directory import Actor
from engine.errors import NotAllowed, RuleRefused
from engine.inbox.attachments import attach
from engine.inbox.records import WorkItem
from engine.instances import operations
from engine.instances.records import ProcessInstance
from engine.jobs.draining import drain, settle
from engine.room import EngineRoom
from handlers.contract import queries as contracts
from handlers.deciding import operations as deciding
from handlers.deciding.records import ActionItem
from handlers.organisation import queries as people
from webui.demo import company, stories
from webui.demo.deal_stories import ENDS, Act, Answers, DealStory, deals, order, usual
from webui.demo.filling import Around, Filler

FLOWS = {"full": "opportunity", "four_step": "opportunity_four_step"}
FIRST = "understand_opportunity"
CLOSING = frozenset({"write_report", "add_view", "accept_report"})
PRESENTED = "present"
CONTRACT = "contract"
SEED = 20260917
FIRST_HOUR, LAST_HOUR = 9, 17
FORGIVEN = timedelta(days=10)
"""How long after its last day an action of the demo may still be open."""
SLACK = timedelta(days=4)
"""How long after the offer was handed in its tender closes."""


class Strayed(RuntimeError):
    """A deal did not come to where its story leaves it: the diagrams and the demo no longer fit."""


class Deals:
    """One run over all deals, in one database, at a clock that only this run moves."""

    def __init__(
        self, factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, *, now: datetime, zone: ZoneInfo
    ) -> None:
        """``clock`` must be the one in ``room``; ``now`` is the moment that the deals lead up to."""
        self.factory, self.room, self.clock, self.now, self.zone = factory, room, clock, now, zone
        self._known: dict[str, Actor] = {}

    def run(self, told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Run every deal to where its story leaves it; return how many."""
        queue: list[tuple[datetime, int, Iterator[datetime]]] = []
        for place, story in enumerate(deals(), 1):
            moments = Deal(self, story, random.Random(SEED + place)).moments()  # noqa: S311 - stories, not secrets
            heapq.heappush(queue, (next(moments), place, moments))
        done = 0
        while queue:
            moment, place, moments = heapq.heappop(queue)
            self.clock.set(moment)
            following = next(moments, None)
            if following is None:
                done += 1
                told(done, len(deals()))
            else:
                heapq.heappush(queue, (max(following, moment), place, moments))
        self.clock.set(self.now)
        self.drain()
        self._tick_off()
        return done

    def _tick_off(self) -> None:
        """Let everybody have done their actions of long ago, a day before the last; those of late are still open."""
        today = self.now.astimezone(self.zone).date()
        with database.transaction(self.factory) as session:
            due = session.scalars(
                sa.select(ActionItem).where(ActionItem.done_at.is_(None), ActionItem.due_on < today - FORGIVEN)
            )
            for each in due.all():
                assert each.due_on is not None
                assert each.owner_id is not None
                there = datetime.combine(each.due_on - timedelta(days=1), time(LAST_HOUR), self.zone)
                done_at = max(there.astimezone(UTC), each.created_at)
                by = self.room.directory.actor(session, each.owner_id)
                deciding.finish(session, each.id, note=None, by=by, now=done_at)

    def drain(self) -> None:
        """Let everything happen that is due now: timers, notices, what cases told each other."""
        drain(self.room, self.factory)

    def person(self, session: Session, username: str) -> Actor:
        """Return somebody by user name."""
        if username not in self._known:
            user = people.user_named(session, username)
            assert user is not None, username
            self._known[username] = self.room.directory.actor(session, user.id)
        return self._known[username]

    def person_id(self, session: Session, username: str) -> int:
        """Return the id of somebody by user name."""
        user_id = self.person(session, username).user_id
        assert user_id is not None, username
        return user_id

    def candidates(self, session: Session, item: WorkItem) -> list[Actor]:
        """Return who may do a task, in the order of the company."""
        if item.assignee_id is not None:
            return [self.room.directory.actor(session, item.assignee_id)]
        everybody = [self.person(session, each.username) for each in stories.organisation().people]
        return [each for each in everybody if item.group_key in each.groups]

    def at_work(self, moment: datetime, dice: random.Random) -> datetime:
        """Return ``moment`` or the next one at which people work, never after now."""
        there = moment.astimezone(self.zone)
        while not self.room.calendar.is_working_day(there.date()):
            there += timedelta(days=1)
        if not FIRST_HOUR <= there.hour < LAST_HOUR:
            hour, minute = dice.randrange(FIRST_HOUR, LAST_HOUR), dice.randrange(60)
            there = datetime.combine(there.date(), time(hour, minute), self.zone)
        return min(there.astimezone(UTC), self.now - timedelta(minutes=10))


class Deal:
    """One deal on its way: the case of its opportunity, then the one of its contract with its side cases."""

    def __init__(self, run: Deals, story: DealStory, dice: random.Random) -> None:
        """``dice`` decide on the hours only."""
        self._run, self._story, self._dice = run, story, dice
        self._visits: Counter[str] = Counter()
        self._start = run.now - timedelta(days=story.days_ago)
        self._end = run.now - timedelta(days=story.ended_ago, hours=3)
        self._cases: dict[str, int] = {}
        self._flow = ""

    def moments(self) -> Iterator[datetime]:
        """Yield the moment of each act of this deal; whoever asks for the next one lets it happen."""
        yield self._run.at_work(self._start, self._dice)
        instance_id = self._begin()
        while (item := self._next(instance_id)) is not None:
            yield self._moment_of(item.element)
            if (item := self._next(instance_id)) is not None:
                self._act(item)
        self._check(instance_id)
        if self._story.contract is not None:
            signed = self._contract(instance_id)
            for act in self._story.contract.all_acts:
                hours = self._dice.uniform(-3, 4)
                yield self._run.at_work(signed + timedelta(days=act.after, hours=hours), self._dice)
                self._let(act)

    def _begin(self) -> int:
        story = self._story
        self._visits[FIRST] += 1
        with database.transaction(self._run.factory) as session:
            by = self._run.person(session, story.ar)
            unit_id = company.unit_id(session, stories.customers()[story.customer].unit)
            self._flow = people.opportunity_flow(session, unit_id)
            answers = self._answers(session, FIRST, by)
            begun = operations.start(
                session, FLOWS[self._flow], by=by, room=self._run.room, answers=answers, unit_id=unit_id
            )
        self._run.drain()
        return begun.instance_id

    def _moment_of(self, element: str) -> datetime:
        """Return when a task is done: days spread over the process as it is drawn, the closing day by day."""
        if element in CLOSING:
            return self._run.at_work(self._run.clock.now() + timedelta(hours=20), self._dice)
        soon = self._run.clock.now() + timedelta(hours=self._dice.uniform(0.3, 2.5))
        return self._run.at_work(max(self._start + (self._end - self._start) * self._part(element), soon), self._dice)

    def _part(self, element: str) -> float:
        return min((order()[element] + 1) / (order()[self._story.last] + 1), 1.0)

    def _open(self, instance_id: int) -> sa.Select[WorkItem]:
        return (
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.completed_at.is_(None))
            .order_by(WorkItem.id)
        )

    def _next(self, instance_id: int) -> WorkItem | None:
        """Return what is done next: the oldest task but the one at which the story ends; nothing if only that waits."""
        with database.reading(self._run.factory) as session:
            waiting = session.scalars(self._open(instance_id)).all()
        return next((each for each in waiting if each.element != self._story.until), None)

    def _check(self, instance_id: int) -> None:
        with database.reading(self._run.factory) as session:
            waiting = set(session.scalars(self._open(instance_id).with_only_columns(WorkItem.element)))
        if self._story.until not in waiting and (self._story.until not in ENDS or waiting):
            raise Strayed(f"{self._story.name!r} should wait at {self._story.until}, but waits at {sorted(waiting)}")

    def _act(self, item: WorkItem, says: Answers | None = None) -> None:
        refused: Exception | None = None
        self._visits[item.element] += 1
        with database.reading(self._run.factory) as session:
            candidates = self._run.candidates(session, item)
        for by in candidates:
            try:
                with database.transaction(self._run.factory) as session:
                    answers = self._answers(session, item.element, by, says)
                    operations.complete(session, item.id, answers, by=by, room=self._run.room)
            except (NotAllowed, RuleRefused) as error:  # who proposes does not decide: somebody else does
                refused = error
            else:
                self._run.drain()
                return
        raise Strayed(f"{self._story.name!r}: nobody may do {item.element}") from refused

    def _contract(self, instance_id: int) -> datetime:
        """Find the case of the contract; return the noon of the day on which it was signed."""
        with database.reading(self._run.factory) as session:
            opportunity = session.get(ProcessInstance, instance_id)
            assert opportunity is not None, instance_id
            assert opportunity.record_id is not None, instance_id
            contract = contracts.of_opportunity(session, opportunity.record_id)
            assert contract is not None, self._story.name
            self._cases[""] = session.scalars(
                sa.select(ProcessInstance.id).where(
                    ProcessInstance.record_type == CONTRACT,
                    ProcessInstance.record_id == contract.id,
                    ProcessInstance.process_id == CONTRACT,
                )
            ).one()
            return datetime.combine(contract.signed_on, time(12), self._run.zone).astimezone(UTC)

    def _let(self, act: Act) -> None:
        settle(self._run.room, self._run.factory)  # what time itself brought, the month's review of a risk for one
        if act.do:
            with database.reading(self._run.factory) as session:
                waiting = session.scalars(self._open(self._cases[act.case])).all()
            fitting = [each for each in waiting if each.element == act.do and act.about in (each.subject or "")]
            if not fitting:
                found = sorted(each.element for each in waiting)
                raise Strayed(f"{self._story.name!r} should do {act.do}, but waits at {found}")
            self._act(fitting[0], act.says)
            return
        with database.transaction(self._run.factory) as session:
            main = session.get_one(ProcessInstance, self._cases[""])
            by = self._run.person(session, act.by)
            data = self._filler(session, by).fill(act.says)
            if act.opens:
                data |= {"record_id": main.record_id, "unit_id": main.unit_id, "contract_number": main.business_key}
            done = operations.message(
                session, act.tell or act.opens, main.business_key if act.tell else None, data,
                by=by, room=self._run.room, sender_id=main.id if act.opens else None,
            )  # fmt: skip
        if act.opens:
            self._cases[act.case] = done.instance_id
        self._run.drain()

    def _answers(self, session: Session, element: str, by: Actor, says: Answers | None = None) -> Answers:
        names = (element, f"{element} {self._flow}", f"{element} {self._visits[element]}")
        given: Answers = {}
        for told in (usual(), self._story.says):
            for name in names:
                given |= told.get(name, {})
        answers: Answers = self._filler(session, by).fill(given | (says or {}))
        return {name: value for name, value in answers.items() if value is not None}

    def _filler(self, session: Session, by: Actor) -> Filler:
        run, story = self._run, self._story

        def file(name: str) -> str:
            text = f"{story.name}\n\n{story.vision}\n\n{story.value}\n".encode()
            return attach(session, text, filename=name, media_type="text/plain", by=by, now=run.clock.now()).token

        around = Around(
            today=self._day(run.clock.now()),
            decides_on=self._day(run.now + timedelta(days=story.decides_in)),
            tender_on=self._tender_on(),
            person=lambda username: run.person_id(session, username),
            unit=lambda code: company.unit_id(session, code),
            file=file,
        )
        return Filler(story, around)

    def _tender_on(self) -> date:
        """Return when the tender closes: a little after the offer, if the story goes that far."""
        if order()[self._story.last] >= order()[PRESENTED]:
            return self._day(self._start + (self._end - self._start) * self._part(PRESENTED) + SLACK)
        return self._day(self._run.now + timedelta(days=self._story.tender_in))

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._run.zone).date()
