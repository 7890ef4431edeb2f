"""A process that calls itself would never end."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "called-circle",
    Text("Processes call each other in a circle", "流程循环调用"),
    Text("It would call itself again and again without end.", "它会无止境地调用自己。"),
    Text("Draw a loop instead.", "请改画循环。"),
)


def find(release: Release) -> Findings:
    """No process calls itself, directly or through others."""
    calls = {process.id: release.called_by(process) for process in release.processes}
    for process in release.processes:
        seen: set[str] = set()
        todo = list(calls[process.id])
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo.extend(calls.get(current, ()))
        if process.id in seen:
            yield at(
                RULE,
                process,
                ("The process calls itself, directly or through another.", "该流程直接或间接调用了自己。"),
            )
