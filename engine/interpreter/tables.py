"""Reading decision tables (DMN files as dmn-js writes them)."""

from __future__ import annotations

from lxml import etree

from engine.errors import ExpressionError
from engine.findings import Finding
from engine.interpreter import expressions
from engine.interpreter.decisions import (
    HIT_POLICIES,
    DecisionInput,
    DecisionOutput,
    DecisionTable,
    OutputCell,
    Rule,
    parse_output,
)
from engine.interpreter.report import EXPRESSION_CURE, expression_reason
from engine.interpreter.unary_tests import UnaryTest, parse_cell
from engine.interpreter.xml import DMN, XmlRefused, read, text_of
from engine.text import Text

_MAX_ROWS = 2_000
_CELL_CURE = (
    'Write -, values, lists "a","b", comparisons < 5, ranges [1..5] or not(…).',
    '请使用 -、值、列表 "a","b"、比较 < 5、区间 [1..5] 或 not(…)。',
)


class _TableReader:
    """Reads the tables of one file and collects everything that is wrong with them."""

    def __init__(self, file: str, root: etree._Element) -> None:
        self.file = file
        self.namespace = etree.QName(root).namespace
        self.root = root
        self.findings: list[Finding] = []

    def tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"

    def find(
        self, where: etree._Element, rule: str, reason: tuple[str, str], cure: tuple[str, str], name: str | None = None
    ) -> None:
        found = Finding(self.file, where.get("id"), name or where.get("name"), rule, Text(*reason), Text(*cure))
        self.findings.append(found)

    def tables(self) -> list[DecisionTable]:
        decisions = self.root.findall(self.tag("decision"))
        if not decisions:
            self.find(
                self.root,
                "decision-table",
                ("The file contains no decision.", "文件中没有决策。"),
                ("Draw one decision table.", "请绘制一个决策表。"),
            )
        return [table for each in decisions if (table := self.table(each)) is not None]

    def table(self, decision: etree._Element) -> DecisionTable | None:
        xml = decision.find(self.tag("decisionTable"))
        if not decision.get("id") or xml is None or decision.find(self.tag("informationRequirement")) is not None:
            self.find(
                decision,
                "decision-table",
                (
                    "A decision must be one table with an id and without required decisions.",
                    "决策必须是带 id 的单个决策表，且不依赖其他决策。",
                ),
                ("Use one decision table per decision.", "每个决策使用一个决策表。"),
            )
            return None
        before = len(self.findings)
        policy = xml.get("hitPolicy", "UNIQUE").upper()
        if policy not in HIT_POLICIES or xml.get("aggregation"):
            shown = f"{policy} {xml.get('aggregation') or ''}".strip()
            self.find(
                decision,
                "decision-hit-policy",
                (f"The hit policy {shown} is not supported.", f"不支持命中策略 {shown}。"),
                ("Choose Unique, First or Collect without aggregation.", "请选择 Unique、First 或不带聚合的 Collect。"),
            )
        inputs = tuple(self.input(decision, each) for each in xml.findall(self.tag("input")))
        outputs = tuple(self.output(decision, each) for each in xml.findall(self.tag("output")))
        self.check_outputs(decision, outputs)
        rows = xml.findall(self.tag("rule"))
        if not rows or len(rows) > _MAX_ROWS:
            self.find(
                decision,
                "decision-rows",
                (f"The table has {len(rows)} rows.", f"决策表有 {len(rows)} 行。"),
                (f"Give it between 1 and {_MAX_ROWS} rows.", f"请使用 1 到 {_MAX_ROWS} 行。"),
            )
        rules = tuple(self.rule(decision, each, at, inputs, outputs) for at, each in enumerate(rows, 1))
        if len(self.findings) > before:
            return None
        decision_id = decision.get("id") or ""
        return DecisionTable(
            decision_id, decision.get("name") or decision_id, self.file, policy, inputs, outputs, rules
        )

    def input(self, decision: etree._Element, xml: etree._Element) -> DecisionInput:
        expression = xml.find(self.tag("inputExpression"))
        text = "" if expression is None else text_of(expression.find(self.tag("text")))
        try:
            expressions.check(text)
        except ExpressionError as error:
            reason = expression_reason(error, "The input column", "输入列")
            self.find(decision, "decision-input", reason, EXPRESSION_CURE)
        kind = "" if expression is None else expression.get("typeRef") or ""
        return DecisionInput(xml.get("label") or text, text, kind)

    def output(self, decision: etree._Element, xml: etree._Element) -> DecisionOutput:
        default = xml.find(self.tag("defaultOutputEntry"))
        cell = None if default is None else self.output_cell(decision, default, 0)
        return DecisionOutput(xml.get("name") or "", xml.get("typeRef") or "", cell)

    def check_outputs(self, decision: etree._Element, outputs: tuple[DecisionOutput, ...]) -> None:
        names = [column.name for column in outputs]
        if not names or len(set(names)) < len(names) or not all(name.isidentifier() for name in names):
            self.find(
                decision,
                "decision-output",
                (f"The output columns are called {', '.join(names) or 'nothing'}.", "输出列缺少名称、重名或名称无效。"),
                (
                    "Give each output its own name of letters, digits and _.",
                    "请为每个输出列起唯一的名称（字母、数字、_）。",
                ),
            )

    def rule(
        self,
        decision: etree._Element,
        xml: etree._Element,
        row: int,
        inputs: tuple[DecisionInput, ...],
        outputs: tuple[DecisionOutput, ...],
    ) -> Rule:
        tests = [self.cell(decision, each, row) for each in xml.findall(self.tag("inputEntry"))]
        cells = [self.output_cell(decision, each, row) for each in xml.findall(self.tag("outputEntry"))]
        if len(tests) != len(inputs) or len(cells) != len(outputs):
            self.find(
                decision,
                "decision-rows",
                (f"Row {row} does not have one cell per column.", f"第 {row} 行的单元格数与列数不符。"),
                ("Delete the row and enter it again.", "请删除该行并重新录入。"),
            )
        return Rule(xml.get("id") or f"row {row}", tuple(tests), tuple(cells))

    def cell(self, decision: etree._Element, xml: etree._Element, row: int) -> UnaryTest:
        text = text_of(xml.find(self.tag("text")))
        try:
            return parse_cell(text)
        except ExpressionError as error:
            reason = expression_reason(error, f"Row {row}, the cell", f"第 {row} 行，单元格")
            self.find(decision, "decision-cell", reason, _CELL_CURE)
            return UnaryTest(text)

    def output_cell(self, decision: etree._Element, xml: etree._Element, row: int) -> OutputCell:
        text = text_of(xml.find(self.tag("text")))
        try:
            return parse_output(text)
        except ExpressionError as error:
            reason = expression_reason(error, f"Row {row}, the output", f"第 {row} 行，输出")
            self.find(decision, "decision-cell", reason, EXPRESSION_CURE)
            return OutputCell(text, True)


def read_tables(file: str, content: bytes) -> tuple[list[DecisionTable], list[Finding]]:
    """Return the decision tables of a DMN file and what is wrong with it."""
    try:
        reader = _TableReader(file, read(file, content, DMN))
    except XmlRefused as error:
        return [], [error.finding]
    tables = reader.tables()
    return tables, reader.findings
