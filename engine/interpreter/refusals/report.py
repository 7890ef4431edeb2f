"""Making findings: where, what is wrong, what to do, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import ExpressionError
from engine.findings import Finding
from engine.interpreter.drawing import Flow, Node, Scope
from engine.text import Text

Findings = Iterator[Finding]


def at(where: Node | Scope, rule: str, reason: tuple[str, str], cure: tuple[str, str]) -> Finding:
    """Return a finding at a node or scope; ``reason`` and ``cure`` are (English, Chinese)."""
    return Finding(where.file, where.id or None, where.name or None, rule, Text(*reason), Text(*cure))


def at_flow(scope: Scope, flow: Flow, rule: str, reason: tuple[str, str], cure: tuple[str, str]) -> Finding:
    """Return a finding at a sequence flow."""
    return Finding(scope.file, flow.id or None, flow.name or None, rule, Text(*reason), Text(*cure))


def in_file(file: str, rule: str, reason: tuple[str, str], cure: tuple[str, str]) -> Finding:
    """Return a finding that concerns a whole file."""
    return Finding(file, None, None, rule, Text(*reason), Text(*cure))


def expression_reason(error: ExpressionError, en: str, zh: str) -> tuple[str, str]:
    """Return the reason for an expression that cannot be read: ``en``/``zh`` say which one it is."""
    text = str(error.data.get("text", ""))[:120]
    return f"{en} “{text}”: {error.data.get('reason')}.", f"{zh}“{text}”：{error.data.get('reason_zh')}。"


EXPRESSION_CURE = (
    "Write names, constants, comparisons, and/or/not and the listed functions only.",
    "只能使用名称、常量、比较、and/or/not 和所列函数。",
)
