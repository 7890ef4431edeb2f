"""Everything is drawn."""

from __future__ import annotations

from engine.checks.drawn import Drawn
from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.report import Findings, at, at_flow, in_file
from engine.text import Text

RULE = Rule(
    "layout-missing",
    Text("It is not drawn", "没有画出来"),
    Text("The diagram would show a process other than the one that runs.", "图上显示的流程与实际运行的不一致。"),
    Text("Draw it, or let the diagram be laid out anew.", "请画出它，或重新自动排版。"),
    WARNING,
)


def find(subject: Subject) -> Findings:
    """Every element has a shape, every flow a line; a file that draws nothing is told once."""
    for drawing in subject.release.drawings:
        drawn = Drawn(drawing.xml)
        if not drawn.shapes:
            yield in_file(RULE, drawing.file, ("The file draws nothing.", "文件中没有任何图形。"))
            continue
        for scope in (each for process in drawing.processes for each in process.everywhere()):
            for node in scope.nodes.values():
                if node.id and node.id not in drawn.shapes:
                    yield at(RULE, node, ("It has no shape.", "它没有图形。"))
            for flow in scope.flows:
                if flow.id and flow.id not in drawn.lines:
                    yield at_flow(RULE, scope, flow, ("It has no line.", "它没有连线图形。"))
