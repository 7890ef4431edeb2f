"""A release, compiled: everything that running its processes needs, read once and shared by all threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.clock import Clock
from engine.errors import NotFound, ProcessNotFound
from engine.findings import Finding
from engine.interpreter import expressions
from engine.interpreter.answering import Elsewhere, Questions, questions_of
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.step import Element

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

Services = Callable[[Element, str, Mapping[str, Any]], "Mapping[str, Any] | None"]
"""Calls a transactional handler: the element, the handler's id, the evaluated parameters; returns its result."""


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """One executable process of the release."""

    id: str
    name: str
    label_zh: str
    file: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Program:
    """A compiled release. Read-only after it was made, so that all threads may share it.

    ``starts`` maps the processes that a person may start to the role that may (``everyone`` or a role key);
    ``message_starts`` maps a message's name to the process that it starts; ``messages`` are all that a case can wait
    for; ``senders`` maps a message to the roles of which a person may send it (property ``sent_by`` of the events that
    wait for it): what is not there only the system sends; ``warnings`` are the findings that did not prevent the
    release.
    """

    processes: Mapping[str, ProcessInfo]
    elements: Mapping[tuple[str, str], Element]
    starts: Mapping[str, str]
    message_starts: Mapping[str, str]
    messages: frozenset[str]
    forms: Mapping[str, Mapping[str, Any]]
    decisions: Mapping[str, DecisionTable]
    zone: ZoneInfo
    warnings: tuple[Finding, ...] = ()
    specs: Mapping[str, BpmnProcessSpec] = field(default_factory=dict, repr=False)
    _scope_process: Mapping[str, str] = field(default_factory=dict, repr=False)
    _flow_ids: Mapping[tuple[str, str, str], str] = field(default_factory=dict, repr=False)
    _calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _start_events: Mapping[tuple[str, str | None], str] = field(default_factory=dict, repr=False)
    _external: frozenset[str] = frozenset()
    senders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _set_elsewhere: Elsewhere = field(default_factory=dict, repr=False)
    _questions: dict[tuple[str, str], Questions] = field(default_factory=dict, repr=False)

    @property
    def process_ids(self) -> tuple[str, ...]:
        """The ids of all executable processes, in the order of the files."""
        return tuple(self.processes)

    @property
    def decision_ids(self) -> tuple[str, ...]:
        """The ids of all decision tables."""
        return tuple(self.decisions)

    def process(self, process_id: str) -> ProcessInfo:
        """Return what is known of ``process_id``; raises ``ProcessNotFound``."""
        if process_id not in self.processes:
            raise ProcessNotFound(process_id=process_id)
        return self.processes[process_id]

    def file_of(self, process_id: str) -> str:
        """Return the path (relative to ``processes/``) of the diagram of ``process_id``; raises ``ProcessNotFound``."""
        return self.process(process_id).file

    def element(self, process_id: str, element_id: str) -> Element:
        """Return one element of ``process_id``, also of its embedded sub-processes; raises ``NotFound``.

        The process itself is an element too (kind ``process``, id of the process).
        """
        try:
            return self.elements[process_id, element_id]
        except KeyError:
            raise NotFound(process_id=process_id, element=element_id) from None

    def elements_of(self, process_id: str) -> list[Element]:
        """Return the flow nodes of ``process_id`` and of its embedded sub-processes, in the order of the file."""
        self.process(process_id)
        return [each for (owner, _), each in self.elements.items() if owner == process_id and each.kind != "process"]

    def form(self, filename: str) -> Mapping[str, Any]:
        """Return a form's schema or UI schema by its file name (``lead_capture.schema.json``); raises ``NotFound``."""
        if filename not in self.forms:
            raise NotFound(form=filename)
        return self.forms[filename]

    def questions(self, process_id: str, filename: str) -> Questions | None:
        """Return what a form asks where ``process_id`` shows it; ``None`` if the release has no such form."""
        found = self._questions.get((process_id, filename))
        if found is None and filename in self.forms:
            shared = self._set_elsewhere.get((process_id, filename), frozenset())
            found = self._questions[process_id, filename] = questions_of(self.forms[filename], shared)
        return found

    def called_by(self, process_id: str) -> tuple[str, ...]:
        """Return the ids of the processes that ``process_id`` calls directly; raises ``ProcessNotFound``."""
        self.process(process_id)
        return self._calls.get(process_id, ())

    def flows(self, process_id: str) -> set[str]:
        """Return the ids of all sequence flows of ``process_id``, embedded sub-processes included."""
        self.process(process_id)
        return {flow for (scope, _, _), flow in self._flow_ids.items() if self._scope_process[scope] == process_id}

    def decide(self, decision_id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a decision table; return its outputs by name.

        Raises ``NotFound`` for an unknown table, ``NoRuleMatched`` when no row and no default answers,
        ``RulesOverlap`` when two rows of a UNIQUE table match, ``ExpressionError`` when a cell cannot be compared.
        """
        if decision_id not in self.decisions:
            raise NotFound(decision=decision_id)
        return self.decisions[decision_id].decide(inputs)

    def is_external(self, handler_id: str) -> bool:
        """Return whether a handler runs as a job instead of within the step."""
        return handler_id in self._external

    def element_in(self, scope: str, element_id: str) -> Element:
        """Return an element by the scope (process or embedded sub-process) in which it lies."""
        return self.elements[self._scope_process[scope], element_id]

    def flow_id(self, scope: str, source: str, target: str) -> str | None:
        """Return the id of the sequence flow between two elements of a scope."""
        return self._flow_ids.get((scope, source, target))

    def start_event(self, scope: str, message: str | None) -> str | None:
        """Return the id of the start event of ``scope`` for ``message`` (``None``: the plain one), if there is one."""
        return self._start_events.get((scope, message))

    def value(self, text: str, data: Mapping[str, Any], clock: Clock) -> Any:
        """Evaluate a property of an element (``due``, ``priority``, ``assignee``) over process data.

        ISO 8601 text (``P2D``, ``PT4H``, ``2026-03-01``) stands for itself, anything else is an expression.
        Raises ``ExpressionError``.
        """
        return expressions.value(text, data, self.scope(clock))

    def scope(self, clock: Clock) -> expressions.Scope:
        """Return what expressions of this release may ask besides the data: the time and the decision tables."""
        return expressions.Scope(clock=clock, decide=self.decide, zone=self.zone)
