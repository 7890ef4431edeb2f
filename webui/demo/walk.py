"""Runs the demo's leads through the process, week after week, as their people would: every state is a real one.

The leads move in the order of time, so that numbers, notices and the load of owners come out as in a real company.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine import database
from engine.clock import FixedClock
from engine.directory import Actor
from engine.inbox.attachments import attach
from engine.inbox.records import WorkItem
from engine.instances import operations
from engine.instances.records import ProcessInstance
from engine.room import EngineRoom
from handlers.lead import operations as lead_operations
from handlers.lead import queries as leads
from handlers.organisation import queries as people
from webui.demo import company, stories
from webui.demo.activities import ACTIVITIES
from webui.demo.answers import TASKS, Scene
from webui.demo.stories import LeadStory

SEED = 20260301
PROCESS = "lead"
FIRST_HOUR, LAST_HOUR = 9, 17

STOPS = {
    "analysing": "analyse_information",
    "submitted": "screen_lead",
    "verifying": "verify_lead",
    "returned": "complete_lead",
    "valid": "distribute_lead",
    "distributed": "accept_lead",
    "refused_once": "accept_lead",
    "unsettled": "settle_distribution",
    "step1": "identify_pains",
    "step2": "interest_kdm",
    "step3": "acknowledge_pain",
    "step4": "competitive_strategy",
    "step5": "create_vision",
    "step6": "acknowledge_solution",
    "handling": "propose_handling",
    "confirming": "confirm_handling",
}
"""Where a lead is left waiting; every other ``until`` is an end of the process."""

PACE = {
    "analyse_information": 0.1,
    "fill_in_lead": 0.3,
    "screen_lead": 0.8,
    "verify_lead": 2.5,
    "distribute_lead": 0.8,
    "accept_lead": 0.6,
    "settle_distribution": 1.0,
    "identify_pains": 5.0,
    "interest_kdm": 7.0,
    "acknowledge_pain": 7.0,
    "competitive_strategy": 5.0,
    "create_vision": 8.0,
    "acknowledge_solution": 9.0,
    "propose_handling": 2.0,
    "confirm_handling": 1.0,
}
"""How many days a task usually waits; a lead that has less time than that goes faster in proportion."""


class Wandered(RuntimeError):
    """A lead did not come to where its story leaves it: the diagram and the demo no longer fit."""


class Walk:
    """One run over all leads, in one database, at a clock that only this run moves."""

    def __init__(
        self,
        factory: sessionmaker[Session],
        room: EngineRoom,
        clock: FixedClock,
        *,
        now: datetime,
        zone: ZoneInfo,
        seed: int = SEED,
    ) -> None:
        """``clock`` must be the one in ``room``; ``now`` is the moment the walk leads up to."""
        self._factory, self._room, self._clock = factory, room, clock
        self._now, self._zone, self._seed = now, zone, seed
        self._instances: dict[str, int] = {}
        self._known: dict[str, Actor] = {}

    def run(self, told: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Run every lead to where its story leaves it; ``told`` hears how many have arrived. Return how many."""
        told_leads = stories.leads()
        queue: list[tuple[datetime, int, Iterator[datetime]]] = []
        for place, story in enumerate(told_leads):
            steps = self._steps(story, random.Random(self._seed * 1000 + place))  # noqa: S311 - stories, not secrets
            heapq.heappush(queue, (next(steps), place, steps))
        done = 0
        while queue:
            moment, place, steps = heapq.heappop(queue)
            self._clock.set(moment)
            following = next(steps, None)
            if following is None:
                done += 1
                told(done, len(told_leads))
            else:
                heapq.heappush(queue, (max(following, moment), place, steps))
        return done

    def _steps(self, story: LeadStory, dice: random.Random) -> Iterator[datetime]:
        """Yield the moment of each act of this lead; whoever asks for the next one lets it happen."""
        moment = self._start(story, dice)
        hurry = self._hurry(story)
        yield moment
        with database.transaction(self._factory) as session:
            scene = self._scene(session, story)
            started = operations.start(
                session,
                PROCESS,
                by=self._actor(session, story.submitter),
                room=self._room,
                answers=TASKS["capture_information"](scene),
                unit_id=scene.unit_id,
            )
        self._instances[story.title] = started.instance_id
        visits = 0
        while True:
            with database.reading(self._factory) as session:
                item = self._waiting(session, started.instance_id)
            if item is None or self._is_there(story, item.element, visits):
                break
            visits += item.element == "accept_lead"
            days = PACE[item.element] * hurry * dice.uniform(0.7, 1.3)
            if item.element in ACTIVITIES:
                moment = self._later(moment, days / 2, dice)
                yield moment
                self._log_activity(scene, item)
                days /= 2
            moment = self._later(moment, days, dice)
            if item.element == "distribute_lead" and STOPS.get(story.until) == "accept_lead":
                # left alone for longer, the lead would go back to the pool as soon as the product starts
                moment = max(moment, self._recently(dice))
            yield moment
            self._act(scene, item)
        self._arrived(story, item)

    def _act(self, scene: Scene, item: WorkItem) -> None:
        with database.transaction(self._factory) as session:
            by = self._who(session, item)
            now = self._clock.now()
            scene.today = now.astimezone(self._zone).date()
            scene.files = lambda name, text: (
                attach(session, text.encode(), filename=name, media_type="text/plain", by=by, now=now).token
            )
            scene.owner_id, scene.co_owner_id = self._owners(session, scene)
            if scene.story.merge_with and item.element == "verify_lead":
                scene.merge_into = self._record_of(session, self._instances[scene.story.merge_with])
            answers = TASKS[item.element](scene)
            operations.complete(session, item.id, answers, by=by, room=self._room)

    def _log_activity(self, scene: Scene, item: WorkItem) -> None:
        """Log what the owner did for this step between two answers (`ltc.md` L3, cadence)."""
        now = self._clock.now()
        scene.today = now.astimezone(self._zone).date()
        with database.transaction(self._factory) as session:
            lead = leads.get(session, self._record_of(session, item.instance_id))
            by = self._who(session, item)
            lead_operations.add_activity(session, lead, ACTIVITIES[item.element](scene), by=by, now=now)

    def _is_there(self, story: LeadStory, element: str, visits: int) -> bool:
        return STOPS.get(story.until) == element and not (story.until == "refused_once" and visits == 0)

    def _arrived(self, story: LeadStory, item: WorkItem | None) -> None:
        wanted, found = STOPS.get(story.until), item.element if item else None
        if wanted != found:
            raise Wandered(f"{story.title!r} should wait at {wanted}, but waits at {found}")

    def _waiting(self, session: Session, instance_id: int) -> WorkItem | None:
        return session.scalars(
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.completed_at.is_(None))
            .order_by(WorkItem.id)
        ).first()

    def _who(self, session: Session, item: WorkItem) -> Actor:
        if item.assignee_id is not None:
            return self._room.directory.actor(session, item.assignee_id)
        for person in stories.organisation().people:
            actor = self._actor(session, person.username)
            if item.group_key in actor.groups:
                return actor
        raise Wandered(f"nobody in the demo may act at {item.element} for {item.group_key}")

    def _actor(self, session: Session, username: str) -> Actor:
        if username not in self._known:
            user = people.user_named(session, username)
            assert user is not None, username
            self._known[username] = self._room.directory.actor(session, user.id)
        return self._known[username]

    def _owners(self, session: Session, scene: Scene) -> tuple[int, int]:
        """Return the SR and the AR of the customer's office, as the lead manager would choose them."""
        case = {"sh": ("suran", "anrui"), "hz": ("xiamin", "tangwei"), "cd": ("yaoxin", "jiangnan")}
        office = scene.customer.unit.partition("-")[0]
        solution, account = case.get(office, ("zhuoli", "caoyang"))
        if scene.customer.unit == "sz-energy":
            solution = "pengfei"
        found = [people.user_named(session, name) for name in (solution, account)]
        owner, co_owner = (user.id for user in found if user is not None)
        return owner, co_owner

    def _record_of(self, session: Session, instance_id: int) -> int:
        found = session.get(ProcessInstance, instance_id)
        assert found is not None, instance_id
        assert found.record_id is not None, instance_id
        return found.record_id

    def _scene(self, session: Session, story: LeadStory) -> Scene:
        customer = stories.customers()[story.customer]
        today = self._clock.now().astimezone(self._zone).date()
        decides_on = (self._now + timedelta(days=story.decides_in)).date()
        return Scene(story, customer, company.unit_id(session, customer.unit), today, decides_on)

    def _start(self, story: LeadStory, dice: random.Random) -> datetime:
        day = (self._now.astimezone(self._zone) - timedelta(days=story.days_ago)).date()
        moment = datetime.combine(day, time(FIRST_HOUR, dice.randrange(60)), self._zone)
        moment += timedelta(hours=dice.randrange(LAST_HOUR - FIRST_HOUR))
        while not self._room.calendar.is_working_day(moment.date()):
            moment -= timedelta(days=1)
        return min(moment.astimezone(UTC), self._now - timedelta(minutes=30))

    def _later(self, moment: datetime, days: float, dice: random.Random) -> datetime:
        """Return a moment in working hours about ``days`` later, never after now."""
        there = self._at_work(moment + timedelta(days=days), dice)
        return min(max(there, moment + timedelta(minutes=4)), self._now)

    def _recently(self, dice: random.Random) -> datetime:
        """Return a moment in the last twenty hours, in working hours if there are any."""
        moments = [self._now - timedelta(minutes=minutes) for minutes in dice.sample(range(60, 1200), 60)]
        at_work = (each for each in moments if FIRST_HOUR <= each.astimezone(self._zone).hour < LAST_HOUR)
        return next(at_work, moments[0])

    def _at_work(self, moment: datetime, dice: random.Random) -> datetime:
        """Return ``moment``, or the next morning at which people work."""
        there = moment.astimezone(self._zone)
        if there.hour >= LAST_HOUR:
            there = (there + timedelta(days=1)).replace(hour=0)
        while not self._room.calendar.is_working_day(there.date()):
            there = (there + timedelta(days=1)).replace(hour=0)
        if there.hour < FIRST_HOUR:
            there = there.replace(hour=FIRST_HOUR + dice.randrange(2), minute=dice.randrange(60))
        return there.astimezone(UTC)

    def _hurry(self, story: LeadStory) -> float:
        """Return by how much this lead must go faster than usual to fit into its days."""
        stop = STOPS.get(story.until)
        path = list(PACE)
        taken = path[: path.index(stop)] if stop in path else path
        if story.until in {"not_a_lead", "invalid", "merged", "discarded", "returned"}:
            taken = path[:4]
        return min(1.0, 0.8 * story.days_ago / max(sum(PACE[each] for each in taken), 0.1))
