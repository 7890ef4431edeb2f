"""decide() asks what there is."""

from __future__ import annotations

import ast

from engine.checks.dataflow.comparisons import decided
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter import expressions
from engine.interpreter.report import Findings, at, at_flow
from engine.text import Text

RULE = Rule(
    "decide-call",
    Text("decide() asks for something that does not exist", "decide() 的目标不存在"),
    Text("The expression would fail as soon as it is evaluated.", "表达式一求值就会失败。"),
    Text(
        'Write decide("table", "output", input=…) with names of the table.',
        '请写 decide("表", "输出", 输入=…)，名称取自该表。',
    ),
)


def find(subject: Subject) -> Findings:
    """The table, its output and its inputs are named rightly, and no input is forgotten."""
    for written, call in decided(subject.release):
        problem = _problem(call, subject)
        if problem is not None and written.flow is not None:
            yield at_flow(RULE, written.node.scope, written.flow, problem)
        elif problem is not None:
            yield at(RULE, written.node, problem)


def _problem(call: ast.Call, subject: Subject) -> tuple[str, str] | None:
    names = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(names) != 2 or len(call.args) != 2:
        return "decide() needs the names of a table and of an output.", "decide() 需要表名和输出名。"
    table = subject.release.decisions.get(names[0])
    if table is None:
        return f"There is no readable decision {names[0]}.", f"没有可读的决策 {names[0]}。"
    if names[1] not in {each.name for each in table.outputs}:
        return f"The decision {table.id} has no output {names[1]}.", f"决策 {table.id} 没有输出 {names[1]}。"
    wanted = {name for each in table.inputs for name in expressions.names_read(each.expression)}
    given = {each.arg for each in call.keywords if each.arg}
    if given - wanted:
        name = min(given - wanted)
        return f"The decision {table.id} has no input {name}.", f"决策 {table.id} 没有输入 {name}。"
    missing = sorted(name for name in wanted - given if not subject.tolerates(table.id, name))
    if missing:
        return f"The decision {table.id} needs the input {missing[0]}.", f"决策 {table.id} 需要输入 {missing[0]}。"
    return None
