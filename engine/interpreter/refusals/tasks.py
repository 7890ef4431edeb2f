"""Tasks: forms, roles, handlers with their parameters, scripts, decisions."""

from __future__ import annotations

from lxml import etree
from pydantic import TypeAdapter, ValidationError

from engine.errors import ExpressionError
from engine.interpreter import expressions
from engine.interpreter.drawing import Node
from engine.interpreter.iso_time import looks_like_time, parse_duration
from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import EXPRESSION_CURE, Findings, at, expression_reason
from engine.interpreter.xml import spiff, text_of
from engine.service_tasks import ServiceTask

SCHEMA, UI_SCHEMA = "formJsonSchemaFilename", "formUiSchemaFilename"
_EXPRESSIONS = ("due", "priority", "assignee", "at_level")


def human_tasks(release: Release) -> Findings:
    """A user task needs a form and somebody who does it."""
    for node in release.nodes():
        if node.kind not in ("userTask", "manualTask"):
            continue
        if not node.role:
            yield at(
                node,
                "task-role",
                ("The task lies in no lane with a role.", "该任务不在任何带角色的泳道中。"),
                ("Put it into a lane and give the lane a role.", "请放入泳道并为泳道设置角色。"),
            )
        if node.kind == "userTask" and not node.properties.get(SCHEMA):
            yield at(
                node,
                "task-form",
                ("The task has no form.", "该任务没有表单。"),
                ("Choose a form.", "请选择表单。"),
            )
        for name in (SCHEMA, UI_SCHEMA):
            wanted = node.properties.get(name)
            if wanted and wanted not in release.forms:
                yield at(
                    node,
                    "form-missing",
                    (f"There is no readable form {wanted}.", f"没有可读的表单 {wanted}。"),
                    ("Choose an existing form.", "请选择已有的表单。"),
                )


def property_expressions(release: Release) -> Findings:
    """``due``, ``priority``, ``assignee`` and ``at_level`` must be readable."""
    for node in release.nodes():
        for name in _EXPRESSIONS:
            text = node.properties.get(name, "").strip()
            try:
                if name == "due" and looks_like_time(text):
                    parse_duration(text)
                elif text:
                    expressions.check(text)
            except ExpressionError as error:
                yield at(node, "expression", expression_reason(error, f"{name}", f"{name} "), EXPRESSION_CURE)
            except ValueError as error:
                yield at(
                    node,
                    "expression",
                    (f"{name} cannot be read: {error}.", f"无法识别 {name}：{text[:120]}。"),
                    ("Write a duration such as P2D or PT4H.", "请使用 P2D、PT4H 之类的时长。"),
                )


def scripts(release: Release) -> Findings:
    """Script tasks are lines ``name = expression``; hidden scripts before and after tasks are refused."""
    for node in release.nodes():
        if node.kind == "scriptTask":
            try:
                expressions.check_script(text_of(node.child("script")))
            except ExpressionError as error:
                yield at(node, "expression", expression_reason(error, "The script", "脚本"), EXPRESSION_CURE)
        for hidden in ("preScript", "postScript", "variableName"):
            if node.extension(hidden) is not None and text_of(node.extension(hidden)):
                yield at(
                    node,
                    "hidden-script",
                    (f"{hidden} is not supported.", f"不支持 {hidden}。"),
                    (
                        "Draw a script task instead; answers become process data by their own names.",
                        "请改画脚本任务；答复按其名称成为流程数据。",
                    ),
                )


def decisions(release: Release) -> Findings:
    """A business rule task asks a decision table of the release."""
    for node in release.nodes():
        if node.kind == "businessRuleTask":
            wanted = text_of(node.extension("calledDecisionId"))
            if wanted not in release.decisions:
                yield at(
                    node,
                    "decision-missing",
                    (f"There is no readable decision {wanted or '(none chosen)'}.", f"没有可读的决策 {wanted}。"),
                    ("Choose an existing decision.", "请选择已有的决策。"),
                )


def service_tasks(release: Release) -> Findings:
    """A service task names a handler of the catalogue and gives it what it asks for."""
    for node in release.nodes():
        if node.kind != "serviceTask":
            continue
        operator = node.extension("serviceTaskOperator")
        handler_id = "" if operator is None else operator.get("id") or ""
        handler = release.catalogue.get(handler_id)
        if operator is None or handler is None:
            yield at(
                node,
                "handler-unknown",
                (f"There is no handler {handler_id or '(none chosen)'}.", f"没有处理程序 {handler_id}。"),
                ("Choose a handler from the list.", "请从列表中选择处理程序。"),
            )
            continue
        if operator.get("resultVariable"):
            yield at(
                node,
                "handler-result",
                ("A result variable is not supported.", "不支持结果变量。"),
                ("Delete it: results become process data by their own names.", "请删除：结果按其名称成为流程数据。"),
            )
        yield from _parameters(node, operator, handler)


def _parameters(node: Node, operator: etree._Element, handler: ServiceTask) -> Findings:
    fields = handler.given.model_fields
    known = {field.alias or name: field for name, field in fields.items()} | dict(fields)
    given = {each.get("id") or "": each.get("value") or "" for each in operator.iter(spiff("parameter"))}
    for name, text in given.items():
        if name not in known:
            yield at(
                node,
                "parameter-unknown",
                (f"The handler {handler.id} has no parameter {name}.", f"处理程序 {handler.id} 没有参数 {name}。"),
                (f"It knows: {', '.join(fields) or 'none'}.", f"可用参数：{'、'.join(fields) or '无'}。"),
            )
            continue
        try:
            is_constant, result = expressions.constant(text)
        except ExpressionError as error:
            yield at(
                node, "expression", expression_reason(error, f"The parameter {name}", f"参数 {name} "), EXPRESSION_CURE
            )
            continue
        if is_constant:
            try:
                TypeAdapter(known[name].rebuild_annotation()).validate_python(result)
            except ValidationError as error:
                said = error.errors()[0]["msg"]
                yield at(
                    node,
                    "parameter-value",
                    (f"The parameter {name} does not accept {text[:80]}: {said}.", f"参数 {name} 不接受 {text[:80]}。"),
                    ("Give it a fitting value.", "请填写合适的值。"),
                )
    for name, field in fields.items():
        if field.is_required() and name not in given and (field.alias or name) not in given:
            yield at(
                node,
                "parameter-missing",
                (f"The handler {handler.id} needs the parameter {name}.", f"处理程序 {handler.id} 需要参数 {name}。"),
                ("Give it a value.", "请填写该参数。"),
            )


RULES = (human_tasks, property_expressions, scripts, decisions, service_tasks)
