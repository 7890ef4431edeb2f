"""What the rules look at: all drawings, tables and forms of a release, and the catalogue of service tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import Drawing, Node, Scope
from engine.interpreter.xml import spiff
from engine.kept import Kept, for_checks
from engine.service_tasks import ServiceTask

SCHEMA, UI_SCHEMA = "formJsonSchemaFilename", "formUiSchemaFilename"
BRINGS = "brings"
"""The property of an event that names the data its message brings, spaces between; ``?`` behind a name: perhaps."""
THROWING = frozenset({"sendTask", "endEvent", "intermediateThrowEvent"})
_NAMED_BY = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}


def kind_of(event: etree._Element) -> str:
    """Return ``message`` for a ``messageEventDefinition``."""
    return etree.QName(event).localname.removesuffix("EventDefinition")


def operator_of(node: Node) -> tuple[etree._Element | None, str]:
    """Return the operator of a service task and the id of the handler that it names (``""``: none)."""
    operator = node.extension("serviceTaskOperator")
    return operator, "" if operator is None else operator.get("id") or ""


def parameters_of(node: Node) -> dict[str, str]:
    """Return the expressions that a service task gives its handler, by parameter."""
    operator, _ = operator_of(node)
    holders = [] if operator is None else operator.iter(spiff("parameter"))
    return {each.get("id") or "": each.get("value") or "" for each in holders}


def reference_of(release: Release, node: Node, holder: etree._Element, kind: str) -> str | None:
    """Return the name or code that an event definition (``holder``) of ``node`` refers to, if it is declared."""
    declared = release.drawing_of(node.file).declared(kind).get(holder.get(f"{kind}Ref") or "")
    return None if declared is None else declared.get(_NAMED_BY[kind]) or None


@dataclass(slots=True)
class Release:
    """The parts of a release, read but not yet judged.

    ``digests`` are those of the files; what was worked out of files is in ``kept`` for as long as they are the same.
    """

    drawings: list[Drawing]
    decisions: Mapping[str, DecisionTable]
    forms: Mapping[str, Mapping[str, Any]]
    catalogue: Mapping[str, ServiceTask]
    zone: ZoneInfo
    digests: Mapping[str, str] = field(default_factory=dict)
    kept: Kept = field(default_factory=for_checks)

    def digest_of(self, file: str) -> str:
        """Return what changes with the content of a file; of a file that nobody has read, its name."""
        return f"{file} {self.digests.get(file, '')}"

    def alone(self, drawing: Drawing) -> Release:
        """Return a release of nothing but one drawing."""
        return Release([drawing], {}, {}, self.catalogue, self.zone, self.digests, self.kept)

    @property
    def processes(self) -> list[Scope]:
        """All executable processes."""
        return [process for drawing in self.drawings for process in drawing.processes if process.is_executable]

    def scopes(self) -> Iterator[Scope]:
        """Yield every scope of every executable process."""
        for process in self.processes:
            yield from process.everywhere()

    def nodes(self) -> Iterator[Node]:
        """Yield every node of every executable process."""
        for process in self.processes:
            yield from process.all_nodes()

    def called_by(self, process: Scope) -> set[str]:
        """Return the ids that the call activities of ``process`` call."""
        return {node.attribute("calledElement") or "" for node in process.all_nodes() if node.kind == "callActivity"}

    def calls_of_handlers(self) -> Iterator[tuple[Node, ServiceTask, dict[str, str]]]:
        """Yield the service tasks whose handler is known, with the expressions that they give it by parameter."""
        for node in self.nodes():
            handler = self.catalogue.get(operator_of(node)[1]) if node.kind == "serviceTask" else None
            if handler is not None:
                yield node, handler, parameters_of(node)

    def drawing_of(self, file: str) -> Drawing:
        """Return the drawing of a file."""
        return next(each for each in self.drawings if each.file == file)

    def message_name(self, node: Node) -> str | None:
        """Return the name of the message of a message event, send or receive task, if it is declared."""
        holder = next((each for each in node.events if each.get("messageRef")), node.xml)
        declared = self.drawing_of(node.file).declared("message").get(holder.get("messageRef") or "")
        return None if declared is None else declared.get("name") or None

    def message_starts_of(self, process: Scope) -> list[tuple[str, Node]]:
        """Return the message start events of a process with the names of their messages."""
        found = [(self.message_name(node), node) for node in process.starts(message=True)]
        return [(name, node) for name, node in found if name is not None]

    def messages_waited_for(self, process: Scope) -> set[str]:
        """Return the names of all messages that can start a process or arrive in it, its sub-processes included."""
        return {name for name, _ in self._receivers(process)}

    def senders_of(self) -> dict[str, frozenset[str]]:
        """Return the roles that may send each message by hand: the property ``sent_by`` of what waits for it."""
        found: dict[str, frozenset[str]] = {}
        for process in self.processes:
            for name, node in self._receivers(process):
                roles = frozenset(node.properties.get("sent_by", "").split())
                if roles:
                    found[name] = found.get(name, frozenset()) | roles
        return found

    def _receivers(self, process: Scope) -> Iterator[tuple[str, Node]]:
        for node in process.all_nodes():
            name = self.message_name(node) if node.kind not in THROWING else None
            if name is not None:
                yield name, node
