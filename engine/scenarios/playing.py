"""Playing a scenario: every step goes through the doors that people and jobs use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import reading, transaction, zone_of
from engine.directory import SYSTEM, Actor
from engine.errors import LtcError, RuleRefused
from engine.inbox.attachments import attach
from engine.inbox.records import WorkItem
from engine.instances import operations
from engine.instances.records import RUNNING, ProcessInstance
from engine.interpreter import resume
from engine.jobs.draining import settle
from engine.jobs.sweep import next_due
from engine.releases import queries as releases
from engine.room import EngineRoom
from engine.scenarios.stories import Expected, Scenario, Step
from engine.text import Text

LONGEST_STRIDE = timedelta(days=1)


class World(Protocol):
    """The company in which scenarios are played: made by the caller, who knows the records and the people."""

    room: EngineRoom
    factory: sessionmaker[Session]
    clock: FixedClock
    completing: Callable[[str], AbstractContextManager[object]]
    """Stands around each completion of a work item, told its element: whoever measures looks here."""

    def person(self, session: Session, username: str) -> Actor:
        """Return the person with this user name."""
        ...

    def anybody_for(self, session: Session, item: WorkItem) -> Actor:
        """Return somebody for whom the work item waits."""
        ...

    def unit(self, session: Session, code: str) -> int:
        """Return the id of a unit."""
        ...

    def status(self, session: Session, record_type: str, record_id: int) -> str:
        """Return the status of a record."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """What did not go as told: at which element, if at one, and which elements were open instead."""

    said: Text
    element: str = ""
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Where a story left its path: the number of the step, 0 for what was found after the last one."""

    step: int
    problem: Problem

    def __str__(self) -> str:
        return f"{self.step}: {self.problem.said.en}" if self.step else self.problem.said.en


@dataclass(slots=True)
class Played:
    """How a scenario went: the cases it ran, and where it left the expected path."""

    scenario: Scenario
    instances: dict[str, int] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """Where it left the path, step number first."""
        return [str(each) for each in self.left]


def play(scenario: Scenario, world: World, usual: Mapping[str, Mapping[str, Any]]) -> Played:
    """Play ``scenario`` to its end or to the first step that does not go as told."""
    world.clock.set(scenario.at)
    played = Played(scenario)
    for number, step in enumerate(scenario.steps, 1):
        try:
            problems = play_step(step, world, usual, played)
            if step.refused is not None and not problems:
                problems = [Problem(Text("it was not refused", "没有被拒绝"), step.do or "")]
        except RuleRefused as refused:
            problems = _weigh(step, refused)
        except LtcError as refused:
            problems = [Problem(Text(str(refused), str(refused)), step.do or "")]
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            # a story is written by people: names that do not exist, values of another kind
            said = f"{type(error).__name__}: {error}"
            problems = [Problem(Text(f"it cannot be played: {said}", f"无法演练：{said}"), step.do or "")]
        if problems:
            played.left += [Left(number, problem) for problem in problems]
            break
    return played


def _weigh(step: Step, refused: RuleRefused) -> list[Problem]:
    """Say whether a rule was expected to refuse this."""
    said = (refused.reason.en, refused.reason.zh)
    expected = step.refused is not None and any(step.refused in each for each in said)
    told = Text(f"refused: {refused.reason.en}", f"被拒绝：{refused.reason.zh}")
    return [] if expected else [Problem(told, step.do or "")]


def play_step(step: Step, world: World, usual: Mapping[str, Mapping[str, Any]], played: Played) -> list[Problem]:
    """Play one step and what follows from it by itself; return what did not go as told.

    Raises ``RuleRefused`` and other refusals as the product gives them.
    """
    if step.expect is not None:
        return _compare(step.expect, world, played.instances[step.case])
    if step.wait is not None:
        _wait(world, step.wait)
    elif step.start is not None:
        _start(step, world, usual, played)
    elif step.message is not None:
        _message(step, world, usual, played)
    elif step.follow is not None:
        return _follow(step, world, played)
    elif step.do is not None:
        problem = _do(step, world, usual, played)
        if problem:
            return [problem]
    settle(world.room, world.factory)
    return []


def _answers(
    step: Step,
    element: str,
    session: Session,
    world: World,
    usual: Mapping[str, Mapping[str, Any]],
    played: Played,
    by: Actor,
) -> dict[str, Any]:
    return told_answers(step, element, session, world, usual, played, lambda name: _upload(session, name, world, by))


def told_answers(
    step: Step,
    element: str,
    session: Session,
    world: World,
    usual: Mapping[str, Mapping[str, Any]],
    played: Played,
    upload: Callable[[str], Any],
) -> dict[str, Any]:
    """Return the answers that ``step`` gives to ``element``; ``upload`` says what stands for a file of a name."""
    told = {**usual.get(element, {}), **step.answers}
    kept = {name: value for name, value in told.items() if name not in step.without}
    answers: dict[str, Any] = _resolved(kept, session, world, played, upload)
    return answers


def _resolved(value: Any, session: Session, world: World, played: Played, upload: Callable[[str], Any]) -> Any:
    """Put ids in the place of names: people, units, records of other cases, files uploaded just now, days from now."""
    if isinstance(value, dict):
        return {name: _resolved(each, session, world, played, upload) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, session, world, played, upload) for each in value]
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    meanings: dict[str, Callable[[], Any]] = {
        "person": lambda: world.person(session, name).user_id,
        "unit": lambda: world.unit(session, name),
        "record": lambda: session.get_one(ProcessInstance, played.instances[name]).record_id,
        "file": lambda: upload(name),
        "day": lambda: _day(session, world, int(name)),
    }
    return meanings[kind]() if kind in meanings else value


def _day(session: Session, world: World, distance: int) -> str:
    today = world.room.clock.now().astimezone(zone_of(session)).date()
    return (today + timedelta(days=distance)).isoformat()


def _upload(session: Session, name: str, world: World, by: Actor) -> str:
    now = world.room.clock.now()
    return attach(session, name.encode(), filename=name, media_type="text/plain", by=by, now=now).token


def _start(step: Step, world: World, usual: Mapping[str, Mapping[str, Any]], played: Played) -> None:
    with transaction(world.factory) as session:
        by = world.person(session, step.by or "")
        unit = world.unit(session, step.unit) if step.unit else None
        answers = None
        if step.do is not None:
            answers = _answers(step, step.do, session, world, usual, played, by)
        done = operations.start(session, step.start or "", by=by, room=world.room, answers=answers, unit_id=unit)
        played.instances[step.case] = done.instance_id


def _message(step: Step, world: World, usual: Mapping[str, Mapping[str, Any]], played: Played) -> None:
    with transaction(world.factory) as session:
        known = played.instances.get(step.case)
        key = session.get_one(ProcessInstance, known).business_key if known else None
        data = _answers(step, step.message or "", session, world, usual, played, SYSTEM)
        done = operations.message(session, step.message or "", key, data, by=SYSTEM, room=world.room)
        played.instances[step.case] = done.instance_id


def _do(step: Step, world: World, usual: Mapping[str, Mapping[str, Any]], played: Played) -> Problem | None:
    instance_id = played.instances[step.case]
    with transaction(world.factory) as session:
        item = work_item_of(step, session, world, instance_id)
        if item is None:
            return _not_open(step.do or "", [each.element for each in _open(session, instance_id)])
        by = world.person(session, step.by) if step.by else world.anybody_for(session, item)
        answers = _answers(step, step.do or "", session, world, usual, played, by)
        with world.completing(item.element):
            operations.complete(session, item.id, answers, by=by, room=world.room)
            session.flush()
    return None


def _not_open(element: str, waiting: Sequence[str]) -> Problem:
    said = Text(
        f"{element} is not open; open are {', '.join(waiting) or 'none'}",
        f"{element} 没有打开；打开的是 {'、'.join(waiting) or '（无）'}",
    )
    return Problem(said, element, tuple(waiting))


def _follow(step: Step, world: World, played: Played) -> list[Problem]:
    with reading(world.factory) as session:
        started = session.scalar(
            sa.select(ProcessInstance.id)
            .where(ProcessInstance.parent_id == played.instances[step.follow or ""])
            .order_by(ProcessInstance.id.desc())
            .limit(1)
        )
    if started is None:
        said = Text(f"the case {step.follow} has started no other one", f"{step.follow} 没有启动其他流程")
        return [Problem(said)]
    played.instances[step.case] = started
    return []


def work_item_of(step: Step, session: Session, world: World, instance_id: int) -> WorkItem | None:
    """Return the open work item that ``step`` completes, ``None`` when the case does not wait for that."""
    return next((each for each in _open(session, instance_id) if _is_meant(each, step, session, world)), None)


def _is_meant(item: WorkItem, step: Step, session: Session, world: World) -> bool:
    """Return whether ``step`` means this item: of several of one element the one about it, or the person's own."""
    if item.element != step.do or step.about not in (item.subject or ""):
        return False
    if step.by is None or item.assignee_id is None:
        return True
    return item.assignee_id == world.person(session, step.by).user_id


def _open(session: Session, instance_id: int) -> Sequence[WorkItem]:
    return session.scalars(
        sa.select(WorkItem)
        .where(WorkItem.instance_id == instance_id, WorkItem.completed_at.is_(None))
        .order_by(WorkItem.id)
    ).all()


def _wait(world: World, duration: str) -> None:
    """Walk day by day, as the sweep of a real installation would have done, and look only when something is due."""
    left = timedelta(days=int(duration.removeprefix("P").removesuffix("D")))
    due = _next_due(world)
    while left > timedelta():
        stride = min(left, LONGEST_STRIDE)
        world.clock.advance(stride)
        left -= stride
        if due is not None and due <= world.clock.now():
            settle(world.room, world.factory)
            due = _next_due(world)


def _next_due(world: World) -> datetime | None:
    with reading(world.factory) as session:
        return next_due(session)


def _compare(expected: Expected, world: World, instance_id: int) -> list[Problem]:
    problems = []
    with reading(world.factory) as session:
        instance = session.get_one(ProcessInstance, instance_id)
        names = tuple(item.element for item in _open(session, instance_id))
        if expected.ended is not None and expected.ended != (instance.status != RUNNING):
            said = Text(f"the case is {instance.status}", f"流程状态是 {instance.status}")
            problems.append(Problem(said, open=names))
        if expected.status is not None and instance.record_type and instance.record_id is not None:
            status = world.status(session, instance.record_type, instance.record_id)
            if status != expected.status:
                said = Text(f"status is {status}, not {expected.status}", f"状态是 {status}，而不是 {expected.status}")
                problems.append(Problem(said, open=names))
        if expected.open is not None and sorted(names) != sorted(expected.open):
            missing = next((each for each in expected.open if each not in names), "")
            said = Text(
                f"open are {list(names)}, not {expected.open}",
                f"打开的是 {'、'.join(names) or '（无）'}，而不是 {'、'.join(expected.open) or '（无）'}",
            )
            problems.append(Problem(said, missing, names))
        if expected.data:
            program = releases.program(session, instance.release_id)
            data = resume(program, instance.state, lambda *_: None, world.room.clock).data
            problems += [
                Problem(
                    Text(
                        f"{name} is {data.get(name)!r}, not {value!r}",
                        f"{name} 是 {data.get(name)!r}，而不是 {value!r}",
                    )
                )
                for name, value in expected.data.items()
                if data.get(name) != value
            ]
    return problems
