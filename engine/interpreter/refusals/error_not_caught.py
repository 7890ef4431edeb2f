"""An error that nobody catches ends nothing."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.release import Release, kind_of, reference_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "error-not-caught",
    Text("Nobody catches the error", "没有捕获该错误"),
    Text("The case would stop with a fault instead of going another way.", "案例会因故障停下，而不是走另一条路。"),
    Text(
        "Attach an error event to the sub-process or to every call activity around it.",
        "请在外层子流程或每个调用活动上附着错误事件。",
    ),
)


def find(release: Release) -> Findings:
    """Every error end event is caught by everything around it."""
    for node in release.nodes():
        for event in node.events:
            if node.kind == "endEvent" and kind_of(event) == "error":
                code = reference_of(release, node, event, "error")
                if code is not None and not _all_catch(release, node.scope, code, frozenset()):
                    yield at(RULE, node, (f"Nobody catches the error {code}.", f"没有任何边界事件捕获错误 {code}。"))


def _catches(release: Release, host: Node, code: str) -> bool:
    return any(
        kind_of(event) == "error" and (not event.get("errorRef") or reference_of(release, each, event, "error") == code)
        for each in host.scope.nodes.values()
        if each.kind == "boundaryEvent" and each.attribute("attachedToRef") == host.id
        for event in each.events
    )


def _all_catch(release: Release, scope: Scope, code: str, seen: frozenset[str]) -> bool:
    if scope.parent is not None:
        host = scope.parent.nodes[scope.id]
        return _catches(release, host, code) or _all_catch(release, scope.parent, code, seen)
    callers = [
        node
        for node in release.nodes()
        if node.kind == "callActivity" and node.attribute("calledElement") == scope.id and scope.id not in seen
    ]
    may_start_alone = bool(scope.properties.get("start")) or bool(release.message_starts_of(scope)) or not callers
    return not may_start_alone and all(
        _catches(release, each, code) or _all_catch(release, each.scope, code, seen | {scope.id}) for each in callers
    )
