"""Making findings: where, what is wrong, what to do, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import ExpressionError
from engine.findings import Finding, Rule
from engine.interpreter.drawing import Flow, Node, Scope
from engine.text import Text

Findings = Iterator[Finding]
Said = tuple[str, str]
"""The same in English and in Chinese."""


def at(
    rule: Rule,
    where: Node | Scope,
    reason: Said,
    cure: Said | None = None,
    *,
    fix: Mapping[str, str] | None = None,
    path: Sequence[str] = (),
) -> Finding:
    """Return what ``rule`` found at a node or scope; without ``cure`` the rule's own."""
    return Finding(
        where.file, where.id or None, where.name or None, rule.id, Text(*reason), _cure(rule, cure), rule.severity,
        tuple(path), fix, where.label_zh or None,
    )  # fmt: skip


def at_flow(
    rule: Rule,
    scope: Scope,
    flow: Flow,
    reason: Said,
    cure: Said | None = None,
    *,
    fix: Mapping[str, str] | None = None,
) -> Finding:
    """Return what ``rule`` found at a sequence flow."""
    return Finding(
        scope.file,
        flow.id or None,
        flow.name or None,
        rule.id,
        Text(*reason),
        _cure(rule, cure),
        rule.severity,
        (),
        fix,
        flow.label_zh or None,
    )


def in_file(rule: Rule, file: str, reason: Said, cure: Said | None = None, *, element: str | None = None) -> Finding:
    """Return what ``rule`` found in a file, at ``element`` if it can be named."""
    return Finding(file, element, None, rule.id, Text(*reason), _cure(rule, cure), rule.severity)


def _cure(rule: Rule, cure: Said | None) -> Text:
    return rule.cure if cure is None else Text(*cure)


def expression_reason(error: ExpressionError, en: str, zh: str) -> Said:
    """Return the reason for an expression that cannot be read: ``en``/``zh`` say which one it is."""
    text = str(error.data.get("text", ""))[:120]
    return f"{en} “{text}”: {error.data.get('reason')}.", f"{zh}“{text}”：{error.data.get('reason_zh')}。"


EXPRESSION_CURE = (
    "Write names, constants, comparisons, and/or/not and the listed functions only.",
    "只能使用名称、常量、比较、and/or/not 和所列函数。",
)
