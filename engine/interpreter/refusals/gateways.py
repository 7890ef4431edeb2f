"""Gateways: who decides, and by which conditions."""

from __future__ import annotations

from engine.errors import ExpressionError
from engine.interpreter import expressions
from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import (
    EXPRESSION_CURE,
    Findings,
    at,
    at_flow,
    expression_reason,
)

_CONDITIONAL = ("exclusiveGateway", "inclusiveGateway")
_CATCHING = ("intermediateCatchEvent", "receiveTask")


def conditions(release: Release) -> Findings:
    """Behind an exclusive or inclusive gateway every flow but the default has a readable condition."""
    for scope in release.scopes():
        for node in scope.nodes.values():
            if node.kind not in _CONDITIONAL or len(node.outgoing) < 2:
                continue
            for flow in node.outgoing:
                is_default = flow.id == node.attribute("default")
                if is_default is not (flow.condition is None):
                    yield at_flow(
                        scope,
                        flow,
                        "gateway-condition",
                        ("The default flow has a condition.", "默认连线带有条件。")
                        if is_default
                        else ("The flow has no condition and is not the default.", "连线没有条件，也不是默认连线。"),
                        (
                            "Give every flow a condition, except the default flow.",
                            "除默认连线外，请为每条连线设置条件。",
                        ),
                    )
                elif flow.condition is not None:
                    try:
                        expressions.check(flow.condition)
                    except ExpressionError as error:
                        reason = expression_reason(error, "The condition", "条件")
                        yield at_flow(scope, flow, "expression", reason, EXPRESSION_CURE)


def single_exits(release: Release) -> Findings:
    """A gateway with one way out decides nothing, so a condition there would be misleading."""
    for scope in release.scopes():
        for node in scope.nodes.values():
            if node.kind in _CONDITIONAL and len(node.outgoing) == 1 and node.outgoing[0].condition is not None:
                yield at_flow(
                    scope,
                    node.outgoing[0],
                    "gateway-condition",
                    ("The only way out has a condition.", "唯一的出口带有条件。"),
                    ("Delete the condition or draw the other way.", "请删除条件或画出另一条路径。"),
                )


def defaults(release: Release) -> Findings:
    """The default flow must leave the gateway; a gateway without one may get stuck."""
    for node in release.nodes():
        default = node.attribute("default")
        if default and default not in {flow.id for flow in node.outgoing}:
            yield at(
                node,
                "gateway-default",
                ("Its default flow does not leave it.", "其默认连线并非从它流出。"),
                ("Choose the default flow again.", "请重新选择默认连线。"),
            )
        elif default and node.kind not in _CONDITIONAL:
            yield at(
                node,
                "gateway-default",
                ("A default flow has no meaning here.", "此处的默认连线没有意义。"),
                ("Delete it.", "请删除。"),
            )


def event_gateways(release: Release) -> Findings:
    """Behind an event-based gateway stand events, each reached only from it, at most one of them a timer."""
    for node in release.nodes():
        if node.kind != "eventBasedGateway":
            continue
        targets = [node.scope.nodes[flow.target] for flow in node.outgoing if flow.target in node.scope.nodes]
        if len(targets) < 2 or any(each.kind not in _CATCHING or len(each.incoming) != 1 for each in targets):
            yield at(
                node,
                "event-gateway",
                (
                    "It must be followed by at least two events or receive tasks that nothing else leads to.",
                    "其后必须至少有两个仅由它到达的事件或接收任务。",
                ),
                ("Draw intermediate events behind it.", "请在其后画中间事件。"),
            )
        timers = [each for each in targets for event in each.events if event.tag.endswith("timerEventDefinition")]
        if len(timers) > 1:
            yield at(
                node,
                "event-gateway-timers",
                ("Two timers behind it would share one due time.", "其后的两个定时器会共用一个到期时间。"),
                ("Keep the earlier one.", "请只保留较早的一个。"),
            )
        if any(each.is_repeated for each in targets) or node.attribute("instantiate") == "true":
            yield at(
                node,
                "event-gateway",
                ("It starts a process, or an event behind it is repeated.", "它用于启动流程，或其后的事件被重复。"),
                ("Use a message start event; repeat in a loop.", "请使用消息开始事件；重复请画成循环。"),
            )


RULES = (conditions, single_exits, defaults, event_gateways)
