"""Playing a case in memory, forward and back: everything that a person, a handler or the time would do is made up."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.clock import FixedClock
from engine.errors import ExpressionError, LtcError
from engine.interpreter import OpenTask, Program, Run, ServiceRequest, Step, begin, resume
from engine.interpreter.release import SCHEMA
from engine.interpreter.step import Element, Passed
from engine.sandbox.made_up import answers_for, fits, made_up
from engine.sandbox.strangers import IMPLIED
from engine.service_tasks import ServiceTask

BEGINNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
MOST_ACTS = 300
"""After so many acts a trial is broken off: the case probably turns in a circle."""

MOST_LEARNT = 12
"""How many names are made up that only whoever begins the case would know."""
DAYS = ("_on", "_at", "_day", "date", "until", "deadline", "when")
"""How names of days and moments end."""
AHEAD = timedelta(days=1)
"""How far ahead a moment lies that a handler would have worked out."""
NAME = re.compile(r"\b[A-Za-z_]\w*\b(?!\s*\()")
"""A name in an expression that is not called as a function."""

COMPLETED, WAITING, FAILED, BROKEN_OFF = "completed", "waiting", "failed", "broken off"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a trial and where it left the case.

    ``kind`` is ``start``, ``task``, ``job``, ``message`` or ``timer``; ``element`` who acted; ``ran`` the ids of the
    elements that then ran, in order, and ``flows`` the flows taken; ``open`` the elements where people are asked.
    ``how`` is ``completed``, ``waiting``, ``failed`` (with ``reason``) or ``broken off``.
    """

    kind: str
    element: str | None
    answers: Mapping[str, Any]
    ran: tuple[str, ...]
    flows: tuple[str, ...]
    open: tuple[str, ...]
    data: Mapping[str, Any]
    at: datetime
    how: str = WAITING
    reason: str = ""


@dataclass(slots=True)
class _Moment:
    """What must be put back to go back to an act."""

    act: Act
    state: bytes
    jobs: tuple[ServiceRequest, ...]
    next_due: datetime | None
    turns: Counter[str] = field(default_factory=Counter)


class Sandbox:
    """A trial of one process. The same files and data always give the same trial.

    ``data`` is what the case begins with, and what is answered wherever a form or a handler's result asks for it.
    """

    def __init__(
        self,
        program: Program,
        process_id: str,
        catalogue: Mapping[str, ServiceTask],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self._program, self._process_id, self._catalogue = program, process_id, catalogue
        self._preferred = dict(data or {})
        called = any(process_id in program.called_by(each) for each in program.processes)
        self._is_begun_by_others = called or process_id in program.message_starts.values()
        self._learnt: dict[str, Any] = {}
        self._start()
        while len(self._learnt) < MOST_LEARNT and self._learn():
            self._start()

    def _start(self) -> None:
        self._clock = FixedClock(BEGINNING)
        self._turns: Counter[str] = Counter()
        self._history: list[_Moment] = []
        self._missing: set[str] = set()
        self._act("start", None, {}, self._begin)

    def _learn(self) -> bool:
        """Make up what the failed expression lacks, if whoever begins the case brings data; return whether it did."""
        new = self._missing - self._learnt.keys() if self._is_begun_by_others else set()
        today = BEGINNING.date().isoformat()
        self._learnt |= {name: today if name.endswith(DAYS) else 1 for name in sorted(new)}
        return bool(new)

    def _begin(self) -> Step:
        messages = [name for name, each in self._program.message_starts.items() if each == self._process_id]
        plain = self._program.start_event(self._process_id, None) is not None
        message = None if plain or not messages else min(messages)
        data = {**self._learnt, **self._preferred}
        return begin(self._program, self._process_id, data, self._serve, self._clock, message)

    @property
    def now(self) -> Act:
        """The last act, and so where the case is."""
        return self._history[-1].act

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every act so far."""
        return tuple(each.act for each in self._history)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be done."""
        return self.now.how != WAITING

    def step(self, answers: Mapping[str, Any] | None = None, element: str | None = None) -> Act:
        """Do one act: a task that is open (``element``, or the first), else what the case waits for.

        Without ``answers`` they are made up. When the case is over, the last act is returned again.
        """
        moment = self._history[-1]
        if self.is_over:
            return moment.act
        run = self._resumed(moment.state)
        tasks = run.open_tasks()
        task = next((each for each in tasks if element in (None, each.element.id)), None)
        if task is not None:
            given = dict(answers) if answers is not None else self._answers(task)
            return self._act("task", task.element.id, given, lambda: run.complete(task.guid, given))
        if moment.jobs:
            return self._job(run, moment.jobs[0])
        waiting = run.wanted_messages()
        if waiting and not (moment.next_due and self._turns["message"] % 2):
            self._turns["message"] += 1
            name, meant = waiting[0]
            given = {**(self._preferred if answers is None else answers), **meant}
            return self._act("message", name, given, lambda: run.deliver(name, given))
        if moment.next_due is not None:
            self._turns["message"] += 1
            self._clock.set(max(moment.next_due, self._clock.now() + timedelta(seconds=1)))
            return self._act("timer", None, {}, run.refresh)
        return self._fail(f"nothing can happen any more; open are {', '.join(moment.act.open) or 'no tasks'}")

    def back(self) -> Act:
        """Undo the last act and return the one before; the start stays."""
        if len(self._history) > 1:
            self._history.pop()
        moment = self._history[-1]
        self._clock.set(moment.act.at)
        self._turns = Counter(moment.turns)
        return moment.act

    def finish(self, most: int = MOST_ACTS) -> Act:
        """Do acts until the case is over, at most ``most``."""
        for _ in range(most):
            if self.is_over:
                return self.now
            self.step()
        return self.now if self.is_over else self._fail(f"not over after {most} acts", how=BROKEN_OFF)

    def ran(self) -> list[str]:
        """Return the ids of all elements that ran, in order."""
        return [element for act in self.acts for element in act.ran]

    def _resumed(self, state: bytes) -> Run:
        return resume(self._program, state, self._serve, self._clock)

    def _job(self, run: Run, job: ServiceRequest) -> Act:
        result = self._made_up_result(job.element, job.handler, job.parameters)
        return self._act("job", job.element.id, result, lambda: run.finish_service(job.guid, result), done=job)

    def _act(
        self, kind: str, element: str | None, answers: Mapping[str, Any], do: Any, done: ServiceRequest | None = None
    ) -> Act:
        try:
            step: Step = do()
            opened = () if step.ended else tuple(self._resumed(step.state).open_tasks())
        except LtcError as error:
            data = self._history[-1].act.data if self._history else {**self._learnt, **self._preferred}
            named = NAME.findall(str(error.data.get("text", ""))) if isinstance(error, ExpressionError) else []
            self._missing = {name for name in named if data.get(name) is None and not keyword.iskeyword(name)}
            return self._fail(str(error), kind=kind, element=element, answers=answers)
        except RecursionError:
            said = "it holds a circle in which nothing is ever decided, so the interpreter never gets past it"
            return self._fail(said, kind=kind, element=element, answers=answers)
        except Exception as error:  # noqa: BLE001 - what publishing would refuse may break the interpreter anywhere
            said = f"the interpreter gives up: {type(error).__name__} {error}"[:300]
            return self._fail(said, kind=kind, element=element, answers=answers)
        jobs = self._history[-1].jobs if self._history else ()
        left = tuple(each for each in jobs if each is not done and each.guid not in step.withdrawn)
        act = Act(
            kind=kind,
            element=element,
            answers=dict(answers),
            ran=tuple(
                each.element.id
                for each in step.passed
                if each.event in ("completed", "fired", "failed") and each.element.kind != "process" and _is_drawn(each)
            ),
            flows=tuple(flow for each in step.passed for flow in each.flows if not flow.startswith(IMPLIED)),
            open=tuple(each.element.id for each in opened),
            data=step.data,
            at=self._clock.now(),
            how=COMPLETED if step.ended else WAITING,
        )
        moment = _Moment(act, step.state, (*left, *step.requested), step.next_due_at, Counter(self._turns))
        self._history.append(moment)
        return act

    def _fail(
        self,
        reason: str,
        *,
        kind: str = "stop",
        element: str | None = None,
        answers: Mapping[str, Any] | None = None,
        how: str = FAILED,
    ) -> Act:
        before = self._history[-1] if self._history else None
        act = Act(
            kind, element, answers or {}, (), (), before.act.open if before else (), before.act.data if before else {},
            self._clock.now(), how, reason,
        )  # fmt: skip
        state, jobs = (before.state, before.jobs) if before else (b"", ())
        self._history.append(_Moment(act, state, jobs, before.next_due if before else None, Counter(self._turns)))
        return act

    def _answers(self, task: OpenTask) -> dict[str, Any]:
        turn = self._turns[task.element.id]
        self._turns[task.element.id] += 1
        schema = self._program.forms.get(task.element.properties.get(SCHEMA, ""), {})
        return answers_for(schema, self._preferred, self._clock.now().date().isoformat(), turn)

    def _serve(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return self._made_up_result(element, handler, parameters)

    def _made_up_result(self, element: Element, handler: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return a typed result for ``handler``: what the trial prefers, what it was given by that name, or made up."""
        turn = self._turns[element.id]
        self._turns[element.id] += 1
        task = self._catalogue.get(handler)
        if task is None or task.result is None:
            return {}
        schema = task.result.model_json_schema()
        today = self._clock.now().date().isoformat()
        ahead = (self._clock.now() + AHEAD).isoformat(timespec="seconds")
        return {
            name: next(
                (known[name] for known in (self._preferred, parameters) if fits(each, known.get(name)) and not turn),
                _moment(name, today, ahead) if _is_day(name, each) else made_up(each, today, turn, schema),
            )
            for name, each in schema.get("properties", {}).items()
        }


def _is_drawn(passed: Passed) -> bool:
    return not passed.element.id.startswith(IMPLIED)


def _moment(name: str, today: str, ahead: str) -> str:
    """Return today for a day, and a moment ahead for what is waited for: people come first."""
    return ahead if name.endswith("_at") else today


def _is_day(name: str, schema: Mapping[str, Any]) -> bool:
    """Return whether a result that is only said to be text is a day, as its name tells."""
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    return "string" in kinds and name.endswith(DAYS)
