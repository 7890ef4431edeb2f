"""What the rules look at: all drawings, tables and forms of a release, and the catalogue of service tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import Drawing, Node, Scope
from engine.service_tasks import ServiceTask


@dataclass(slots=True)
class Release:
    """The parts of a release, read but not yet judged."""

    drawings: list[Drawing]
    decisions: Mapping[str, DecisionTable]
    forms: Mapping[str, Mapping[str, Any]]
    catalogue: Mapping[str, ServiceTask]
    zone: ZoneInfo

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
        throwing = {"sendTask", "endEvent", "intermediateThrowEvent"}
        names = {self.message_name(node) for node in process.all_nodes() if node.kind not in throwing}
        return {name for name in names if name is not None}
