"""Shapes do not cover each other."""

from __future__ import annotations

from engine.checks.drawn import Drawn
from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "layout-overlap",
    Text("Two shapes overlap", "两个图形重叠"),
    Text("One of them cannot be read.", "其中一个无法看清。"),
    Text("Move one of them, or let the diagram be laid out anew.", "请移动其中一个，或重新自动排版。"),
    WARNING,
)


def find(subject: Subject) -> Findings:
    """No two elements cover each other, but events and their hosts, and what lies inside a sub-process."""
    for drawing in subject.release.drawings:
        drawn = Drawn(drawing.xml)
        for scope in (each for process in drawing.processes for each in process.everywhere()):
            nodes = [node for node in scope.nodes.values() if node.id in drawn.shapes]
            nodes.sort(key=lambda node: drawn.shapes[node.id][0])
            for at_, one in enumerate(nodes):
                for other in nodes[at_ + 1 :]:
                    if drawn.shapes[other.id][0] >= drawn.shapes[one.id][2]:
                        break
                    attached = other.attribute("attachedToRef") == one.id or one.attribute("attachedToRef") == other.id
                    if not attached and drawn.overlap(one.id, other.id):
                        said = f"It overlaps {one.name or one.id}."
                        yield at(RULE, other, (said, f"它与 {one.name or one.id} 重叠。"))
