"""Messages, signals, errors and escalations are declared and have a name or code."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release, kind_of, reference_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "event-reference",
    Text("The event refers to nothing", "事件没有引用"),
    Text("Nothing could ever be sent to it or caught by it.", "没有任何内容能发给它或被它捕获。"),
    Text(
        "Choose what the event refers to, and give that a name or code.", "请选择事件引用的对象，并为其设置名称或代码。"
    ),
)

_NAMED_BY = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}


def find(release: Release) -> Findings:
    """Every reference leads to something declared; boundary events may catch any error or escalation."""
    for node in release.nodes():
        holders = [(kind_of(each), each) for each in node.events]
        if node.kind in ("sendTask", "receiveTask") and not holders:
            holders = [("message", node.xml)]
        for kind, holder in holders:
            attribute = _NAMED_BY.get(kind)
            catches_any = (
                node.kind == "boundaryEvent" and kind in ("error", "escalation") and not holder.get(f"{kind}Ref")
            )
            if attribute and not catches_any and reference_of(release, node, holder, kind) is None:
                yield at(
                    RULE,
                    node,
                    (f"It refers to no {kind} with a {attribute}.", f"它没有引用带 {attribute} 的 {kind}。"),
                    (
                        f"Choose a {kind}, and give that {kind} a {attribute}.",
                        f"请选择一个 {kind} 并设置 {attribute}。",
                    ),
                )
