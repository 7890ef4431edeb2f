"""Everything lies on the page."""

from __future__ import annotations

from engine.checks.drawn import Drawn
from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "layout-outside",
    Text("It lies off the page", "在页面之外"),
    Text("Nobody sees it there.", "没有人能看到它。"),
    Text("Move it back, or let the diagram be laid out anew.", "请移回页面，或重新自动排版。"),
    WARNING,
)


def find(subject: Subject) -> Findings:
    """Shapes have sizes and lie to the right of and below the corner, and inside their pool if there is one."""
    for drawing in subject.release.drawings:
        drawn = Drawn(drawing.xml)
        pools = drawn.pools()
        for process in drawing.processes:
            pool = pools.get(process.id)
            for node in process.all_nodes():
                box = drawn.shapes.get(node.id)
                if box is not None and (drawn.is_off(box) or (pool is not None and not drawn.inside(box, pool))):
                    yield at(RULE, node, ("It lies off the page or outside its pool.", "它在页面或其泳池之外。"))
