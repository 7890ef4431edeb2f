"""The shape of a process: ids, starts, ends, flows. What SpiffWorkflow would drop or never finish is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.interpreter.drawing import Node, Scope
from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import Findings, at, at_flow, in_file
from engine.interpreter.xml import bpmn

MAX_NODES = 250

SUPPORTED = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "subProcess",
        "transaction",
        "callActivity",
    ]
)
_GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"))
_RESERVED = frozenset(("Start", "End", "Root", "StartEventSplit", "StartEventJoin"))
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", "[child]")
_NAMED_DATA = frozenset((bpmn("inputDataItem"), bpmn("outputDataItem")))
_ADVICE = {
    "task": ("Choose its type: user, service, script, …", "请选择任务类型：用户、服务、脚本等。"),
    "adHocSubProcess": ("Draw the order of the tasks.", "请画出任务的先后顺序。"),
    "complexGateway": ("Use exclusive, inclusive and parallel gateways.", "请使用排他、包容和并行网关。"),
}


def ids(release: Release) -> Findings:
    """Ids must be there, be unique, and not be those that the interpreter uses itself."""
    seen: dict[str, Scope] = {}
    for scope in release.scopes():
        if scope.id in seen:
            yield at(
                scope,
                "id-twice",
                (
                    f"The id {scope.id} is used twice, also in {seen[scope.id].file}.",
                    f"id {scope.id} 被使用了两次，另一处在 {seen[scope.id].file}。",
                ),
                ("Give each process and sub-process its own id.", "请为每个流程和子流程使用唯一的 id。"),
            )
        seen[scope.id] = scope
        everything: list[Node | Scope] = [*scope.nodes.values(), scope]
        for node in everything:
            if not node.id:
                yield at(
                    node, "id-missing", ("The element has no id.", "元素没有 id。"), ("Give it one.", "请设置 id。")
                )
            elif node.id in _RESERVED or node.id.endswith(_RESERVED_ENDS):
                yield at(
                    node,
                    "id-reserved",
                    (f"The id {node.id} is reserved.", f"id {node.id} 是保留字。"),
                    ("Give it another id.", "请更换 id。"),
                )
    for drawing in release.drawings:
        counted = Counter(
            each.get("id") for each in drawing.xml.iter(bpmn("*")) if each.get("id") and each.tag not in _NAMED_DATA
        )
        for repeated in (each for each, times in counted.items() if times > 1):
            yield in_file(
                drawing.file,
                "id-twice",
                (f"The id {repeated} is used twice.", f"id {repeated} 被使用了两次。"),
                ("Give each element its own id.", "请为每个元素使用唯一的 id。"),
            )


def kinds(release: Release) -> Findings:
    """Elements that the interpreter does not run."""
    for node in release.nodes():
        if node.kind not in SUPPORTED:
            yield at(
                node,
                "element-unsupported",
                (f"Elements of the kind {node.kind} cannot be run.", f"不支持 {node.kind} 类型的元素。"),
                _ADVICE.get(node.kind, ("Model it with tasks and gateways.", "请用任务和网关来建模。")),
            )
        elif node.kind == "subProcess" and node.attribute("triggeredByEvent") == "true":
            yield at(
                node,
                "event-sub-process",
                ("Event sub-processes do not run as drawn.", "事件子流程不能按图执行。"),
                (
                    "Use a non-interrupting boundary event, or a process of its own that a message starts.",
                    "请使用非中断边界事件，或由消息启动的独立流程。",
                ),
            )
        if node.attribute("isForCompensation") == "true":
            yield at(
                node,
                "compensation",
                ("Compensation is not supported.", "不支持补偿。"),
                ("Draw the undoing as a path of its own.", "请把撤销画成单独的路径。"),
            )


def size(release: Release) -> Findings:
    """A process must stay readable, for people and for the parser."""
    for process in release.processes:
        count = sum(1 for _ in process.all_nodes())
        if count > MAX_NODES:
            yield at(
                process,
                "process-size",
                (f"The process has {count} elements.", f"该流程有 {count} 个元素。"),
                (
                    f"Split it with call activities; {MAX_NODES} are the most.",
                    f"请用调用活动拆分，最多 {MAX_NODES} 个。",
                ),
            )


def starts_and_ends(release: Release) -> Findings:
    """Every scope has one plain start (a process may have message starts instead) and an end."""
    for scope in release.scopes():
        plain, by_message = scope.starts(), scope.starts(message=True)
        is_process = scope.kind == "process"
        if len(plain) > 1 or (not plain and not (is_process and by_message)):
            yield at(
                scope,
                "start-event",
                (f"It has {len(plain)} plain start events.", f"它有 {len(plain)} 个普通开始事件。"),
                ("Draw exactly one.", "请只画一个。"),
            )
        for node in by_message:
            events = node.events
            if not is_process or len(events) != 1 or not events[0].tag.endswith("messageEventDefinition"):
                yield at(
                    node,
                    "start-event",
                    (
                        "A start event may only wait for a message, and only in a process.",
                        "开始事件只能等待消息，且只能位于流程中。",
                    ),
                    ("Draw a plain start event.", "请画普通开始事件。"),
                )
        if not any(node.kind == "endEvent" for node in scope.nodes.values()):
            yield at(
                scope, "end-event", ("It has no end event.", "没有结束事件。"), ("Draw one.", "请画一个结束事件。")
            )


def flows(release: Release) -> Findings:
    """Sequence flows lead from one element to another of the same scope, once, and only gateways decide."""
    for scope in release.scopes():
        pairs = Counter((flow.source, flow.target) for flow in scope.flows)
        for flow in scope.flows:
            if flow.source not in scope.nodes or flow.target not in scope.nodes:
                yield at_flow(
                    scope,
                    flow,
                    "flow-dangling",
                    (
                        "The flow does not connect two elements of one process or sub-process.",
                        "连线没有连接同一流程或子流程中的两个元素。",
                    ),
                    ("Delete it and draw it again.", "请删除后重新绘制。"),
                )
                continue
            if pairs[flow.source, flow.target] > 1:
                pairs[flow.source, flow.target] = 1
                yield at_flow(
                    scope,
                    flow,
                    "flow-twice",
                    ("Two flows connect the same elements.", "两条连线连接了相同的元素。"),
                    ("Keep one and join the conditions with or.", "请保留一条，并用 or 合并条件。"),
                )
            source = scope.nodes[flow.source]
            if flow.condition is not None and source.kind not in ("exclusiveGateway", "inclusiveGateway"):
                yield at_flow(
                    scope,
                    flow,
                    "flow-condition",
                    ("A condition here would be ignored.", "此处的条件会被忽略。"),
                    ("Draw an exclusive gateway behind the element.", "请在该元素之后画一个排他网关。"),
                )
            if scope.nodes[flow.target].kind in ("startEvent", "boundaryEvent") or source.kind == "endEvent":
                yield at_flow(
                    scope,
                    flow,
                    "flow-direction",
                    (
                        "The flow leads into a start or boundary event, or out of an end.",
                        "连线进入开始或边界事件，或离开结束事件。",
                    ),
                    ("Turn it round or delete it.", "请反向或删除该连线。"),
                )


def exits(release: Release) -> Findings:
    """What has no way out never finishes; what has two needs a gateway."""
    for node in release.nodes():
        if node.kind == "endEvent":
            continue
        if not node.outgoing:
            yield at(
                node,
                "no-way-out",
                ("Nothing follows the element, so it would never be finished.", "该元素没有后续，永远不会结束。"),
                ("Connect it to an end event.", "请把它连接到结束事件。"),
            )
        elif len(node.outgoing) > 1 and node.kind not in _GATEWAYS:
            yield at(
                node,
                "two-ways-out",
                ("Several flows leave the element.", "该元素有多条流出连线。"),
                ("Draw a parallel or exclusive gateway behind it.", "请在其后画并行或排他网关。"),
            )


def _reached(scope: Scope) -> set[str]:
    todo: list[Node] = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    seen: set[str] = set()
    boundary: dict[str, list[Node]] = {}
    for node in scope.nodes.values():
        if node.kind == "boundaryEvent":
            boundary.setdefault(node.attribute("attachedToRef") or "", []).append(node)
    while todo:
        node = todo.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        following: Iterable[Node] = (scope.nodes[flow.target] for flow in node.outgoing if flow.target in scope.nodes)
        todo.extend([*following, *boundary.get(node.id, ())])
    return seen


def reachable(release: Release) -> Findings:
    """A disconnected element would be dropped without a word."""
    for scope in release.scopes():
        seen = _reached(scope)
        for node in scope.nodes.values():
            if node.id not in seen:
                yield at(
                    node,
                    "not-reached",
                    ("No way leads to the element.", "没有路径通向该元素。"),
                    ("Connect it, or delete it.", "请连接或删除它。"),
                )


def boundary_hosts(release: Release) -> Findings:
    """A boundary event sits on an activity of its own scope that waits."""
    for node in release.nodes():
        if node.kind != "boundaryEvent":
            continue
        host = node.scope.nodes.get(node.attribute("attachedToRef") or "")
        if host is None or host.kind not in (
            "userTask",
            "manualTask",
            "serviceTask",
            "receiveTask",
            "subProcess",
            "transaction",
            "callActivity",
        ):
            yield at(
                node,
                "boundary-host",
                ("The event is not attached to an activity that waits.", "该事件没有附着在会等待的活动上。"),
                (
                    "Attach it to a user task, a service task, a sub-process or a call activity.",
                    "请附着到用户任务、服务任务、子流程或调用活动。",
                ),
            )


def data_drawings(release: Release) -> Findings:
    """Data objects may be drawn, but nothing is carried through them."""
    carriers = ("dataInputAssociation", "dataOutputAssociation", "ioSpecification")
    everything: list[Node | Scope] = [*release.nodes(), *release.processes]
    for node in everything:
        if any(node.xml.find(bpmn(each)) is not None for each in carriers):
            yield at(
                node,
                "data-association",
                ("Data associations are not carried out.", "数据关联不会被执行。"),
                ("Delete them: every element sees the process data.", "请删除：每个元素都能看到流程数据。"),
            )
    for drawing in release.drawings:
        for tag in ("dataStore", "correlationProperty"):
            if drawing.xml.find(f".//{bpmn(tag)}") is not None:
                yield in_file(
                    drawing.file,
                    "element-unsupported",
                    (f"{tag} is not supported.", f"不支持 {tag}。"),
                    ("Delete it: messages find their case by its business key.", "请删除：消息按业务编号找到案例。"),
                )


RULES = (ids, kinds, size, starts_and_ends, flows, exits, reachable, boundary_hosts, data_drawings)
