"""Events: what may be caught and thrown where, and by which references."""

from __future__ import annotations

from lxml import etree

from engine.errors import ExpressionError
from engine.interpreter import expressions
from engine.interpreter.drawing import Node, Scope
from engine.interpreter.iso_time import looks_like_time, parse_cycle, parse_duration, parse_moment
from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import EXPRESSION_CURE, Findings, at, expression_reason
from engine.interpreter.xml import bpmn, spiff, text_of

_ALLOWED = {
    "startEvent": {"message"},
    "endEvent": {"message", "error", "escalation", "terminate", "cancel"},
    "intermediateCatchEvent": {"message", "signal", "timer"},
    "intermediateThrowEvent": {"message", "signal", "escalation"},
    "boundaryEvent": {"message", "signal", "timer", "error", "escalation", "cancel"},
}
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_TIME_CURE = (
    "Write ISO 8601 such as PT4H, P2D, R3/P1D, 2026-03-01T09:00:00+08:00, or an expression that gives such text.",
    "请使用 ISO 8601，如 PT4H、P2D、R3/P1D、2026-03-01T09:00:00+08:00，或返回此类文本的表达式。",
)


def kind_of(event: etree._Element) -> str:
    """Return ``message`` for a ``messageEventDefinition``."""
    return etree.QName(event).localname.removesuffix("EventDefinition")


def definitions(release: Release) -> Findings:
    """An event has the one definition that its place allows."""
    for node in release.nodes():
        if node.kind not in _ALLOWED:
            continue
        found = [kind_of(each) for each in node.events]
        if any(each not in _ALLOWED[node.kind] for each in found) and node.kind != "startEvent":
            yield at(
                node,
                "event-unsupported",
                (f"{node.kind} with {found[0]} does not run as drawn.", f"{node.kind} 带 {found[0]} 不能按图执行。"),
                (
                    f"Here may stand: {', '.join(sorted(_ALLOWED[node.kind]))}.",
                    f"此处可用：{'、'.join(sorted(_ALLOWED[node.kind]))}。",
                ),
            )
        elif len(found) > 1 or (not found and node.kind in ("intermediateCatchEvent", "boundaryEvent")):
            yield at(
                node,
                "event-definition",
                (f"The event has {len(found)} definitions.", f"该事件有 {len(found)} 个定义。"),
                ("Give it exactly one.", "请只设置一个。"),
            )


def _reference(release: Release, node: Node, holder: etree._Element, kind: str, name: str) -> str | None:
    """Return the name or code that an event refers to, if it is declared."""
    declared = release.drawing_of(node.file).declared(kind).get(holder.get(f"{kind}Ref") or "")
    return None if declared is None else declared.get(name) or None


def references(release: Release) -> Findings:
    """Messages, signals, errors and escalations must be declared and have a name or code."""
    for node in release.nodes():
        holders = [(kind_of(each), each) for each in node.events]
        if node.kind in ("sendTask", "receiveTask") and not holders:
            holders = [("message", node.xml)]
        for kind, holder in holders:
            attribute = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}.get(
                kind
            )
            catches_any = (
                node.kind == "boundaryEvent" and kind in ("error", "escalation") and not holder.get(f"{kind}Ref")
            )
            if attribute and not catches_any and _reference(release, node, holder, kind, attribute) is None:
                yield at(
                    node,
                    "event-reference",
                    (f"It refers to no {kind} with a {attribute}.", f"它没有引用带 {attribute} 的 {kind}。"),
                    (
                        f"Choose a {kind}, and give that {kind} a {attribute}.",
                        f"请选择一个 {kind} 并设置 {attribute}。",
                    ),
                )
            payload = holder.find(f".//{spiff('messagePayload')}")
            if payload is not None:
                try:
                    expressions.check(text_of(payload))
                except ExpressionError as error:
                    yield at(node, "expression", expression_reason(error, "The payload", "消息内容"), EXPRESSION_CURE)
            if any(
                holder.find(f".//{spiff(each)}") is not None
                for each in ("messageVariable", "variableName", "payloadExpression")
            ):
                yield at(
                    node,
                    "event-variable",
                    ("Variables of events are not supported.", "不支持事件变量。"),
                    (
                        "Delete them: what a message brings becomes process data by its own names.",
                        "请删除：消息内容按其名称成为流程数据。",
                    ),
                )


def _time_problem(text: str, kind: str, release: Release) -> tuple[str, str] | None:
    try:
        if not looks_like_time(text):
            expressions.check(text)
        elif kind == "timeDuration":
            parse_duration(text)
        elif kind == "timeDate":
            parse_moment(text, release.zone)
        else:
            parse_cycle(text, release.zone)
    except ExpressionError as error:
        return expression_reason(error, "The time", "时间")
    except (ValueError, OverflowError) as error:
        return f"The time cannot be read: {error}.", f"无法识别的时间：{text[:120]}。"
    return None


def timers(release: Release) -> Findings:
    """A timer has one readable time; only non-interrupting boundary events beat."""
    for node in release.nodes():
        for event in node.events:
            if kind_of(event) != "timer":
                continue
            found = [(name, xml) for name in _TIMERS if (xml := event.find(bpmn(name))) is not None]
            if len(found) != 1:
                yield at(
                    node, "timer", (f"The timer has {len(found)} times.", f"定时器有 {len(found)} 个时间。"), _TIME_CURE
                )
                continue
            name, xml = found[0]
            problem = _time_problem(text_of(xml), name, release)
            if problem is not None:
                yield at(node, "timer", problem, _TIME_CURE)
            if name == "timeCycle" and not (
                node.kind == "boundaryEvent" and node.attribute("cancelActivity") == "false"
            ):
                yield at(
                    node,
                    "timer-cycle",
                    ("Only a non-interrupting boundary event can beat.", "只有非中断边界事件可以周期触发。"),
                    (
                        "Use a duration, or make the boundary event non-interrupting.",
                        "请使用时长，或改为非中断边界事件。",
                    ),
                )


def boundary_kinds(release: Release) -> Findings:
    """Errors interrupt, and only come out of what can raise them."""
    for node in release.nodes():
        if node.kind != "boundaryEvent" or len(node.events) != 1:
            continue
        host = node.scope.nodes.get(node.attribute("attachedToRef") or "")
        kind = kind_of(node.events[0])
        interrupts = node.attribute("cancelActivity") != "false"
        if host is None:
            continue
        sources = {
            "error": ("serviceTask", "subProcess", "transaction", "callActivity"),
            "escalation": ("subProcess", "transaction", "callActivity"),
            "cancel": ("transaction",),
        }.get(kind)
        if (sources and host.kind not in sources) or (kind in ("error", "cancel") and not interrupts):
            yield at(
                node,
                "boundary-kind",
                (f"A {kind} event cannot happen here like this.", f"{kind} 事件不会在此处这样发生。"),
                ("Attach an interrupting one to what raises it.", "请把中断型事件附着到会引发它的活动上。"),
            )
        elif host.kind == "serviceTask" and kind != "error" and _runs_at_once(release, host):
            yield at(
                node,
                "boundary-kind",
                (
                    "The service task never waits, so the event would never happen.",
                    "该服务任务从不等待，事件永远不会发生。",
                ),
                ("Attach only error events to it.", "只能附着错误事件。"),
            )


def _runs_at_once(release: Release, node: Node) -> bool:
    operator = node.extension("serviceTaskOperator")
    handler = release.catalogue.get("" if operator is None else operator.get("id") or "")
    return handler is not None and handler.transactional


def cancel_ends(release: Release) -> Findings:
    """A cancel end event belongs into a transaction."""
    for node in release.nodes():
        cancels = node.kind == "endEvent" and any(kind_of(each) == "cancel" for each in node.events)
        if cancels and node.scope.kind != "transaction":
            yield at(
                node,
                "cancel-end",
                ("It ends no transaction.", "它没有结束任何事务。"),
                ("Use a terminate end event.", "请使用终止结束事件。"),
            )


def signals_sent(release: Release) -> Findings:
    """A signal that nothing in its process throws would be waited for for ever."""
    for process in release.processes:
        thrown = set()
        for each in _with_callers(release, process):
            for node in each.all_nodes():
                if node.kind == "intermediateThrowEvent":
                    thrown |= {_reference(release, node, event, "signal", "name") for event in node.events}
        for node in process.all_nodes():
            for event in node.events:
                if kind_of(event) != "signal" or node.kind == "intermediateThrowEvent":
                    continue
                name = _reference(release, node, event, "signal", "name")
                if name is not None and name not in thrown:
                    yield at(
                        node,
                        "signal-not-sent",
                        (f"Nothing in the case throws the signal {name}.", f"案例中没有任何元素抛出信号 {name}。"),
                        (
                            "Throw it, or use a message if it comes from outside.",
                            "请抛出该信号；若来自外部，请使用消息。",
                        ),
                    )


def _with_callers(release: Release, process: Scope) -> list[Scope]:
    """Return the processes that may be part of one case with ``process``."""
    calls: dict[str, set[str]] = {each.id: set() for each in release.processes}
    for each in release.processes:
        for node in each.all_nodes():
            called = node.attribute("calledElement") or ""
            if node.kind == "callActivity" and called in calls:
                calls[each.id].add(called)
                calls[called].add(each.id)
    seen, todo = set(), [process.id]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(calls[current])
    return [each for each in release.processes if each.id in seen]


def errors_caught(release: Release) -> Findings:
    """An error that nobody catches ends nothing."""
    for node in release.nodes():
        for event in node.events:
            if node.kind == "endEvent" and kind_of(event) == "error":
                code = _reference(release, node, event, "error", "errorCode")
                if code is not None and not _all_catch(release, node.scope, code, frozenset()):
                    yield at(
                        node,
                        "error-not-caught",
                        (f"Nobody catches the error {code}.", f"没有任何边界事件捕获错误 {code}。"),
                        (
                            "Attach an error event to the sub-process or to every call activity around it.",
                            "请在外层子流程或每个调用活动上附着错误事件。",
                        ),
                    )


def _catches(release: Release, host: Node, code: str) -> bool:
    for each in host.scope.nodes.values():
        if each.kind == "boundaryEvent" and each.attribute("attachedToRef") == host.id:
            for event in each.events:
                if kind_of(event) == "error" and (
                    not event.get("errorRef") or _reference(release, each, event, "error", "errorCode") == code
                ):
                    return True
    return False


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


def message_starts(release: Release) -> Findings:
    """A message starts one process."""
    seen: dict[str, Node] = {}
    for process in release.processes:
        for message, node in release.message_starts_of(process):
            if message in seen:
                yield at(
                    node,
                    "message-start",
                    (
                        f"The message {message} already starts {seen[message].scope.id}.",
                        f"消息 {message} 已用于启动 {seen[message].scope.id}。",
                    ),
                    ("Give it another name.", "请更换消息名称。"),
                )
            seen[message] = node


RULES = (
    definitions,
    references,
    timers,
    boundary_kinds,
    cancel_ends,
    signals_sent,
    errors_caught,
    message_starts,
)
