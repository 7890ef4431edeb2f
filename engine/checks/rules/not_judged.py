"""A rule that fails says nothing; publishing must not take that for a yes."""

from __future__ import annotations

from engine.findings import Finding, Rule
from engine.interpreter.release import Release
from engine.interpreter.report import in_file
from engine.text import Text

RULE = Rule(
    "not-judged",
    Text("A check failed", "检查程序出错"),
    Text(
        "The check itself is at fault, so nobody knows what it would find.",
        "检查程序自身出错，无法得知结果。",
    ),
    Text("Report it to the makers of the product, with the file.", "请将文件一并反馈给产品开发方。"),
)


def not_judged(rule: Rule, release: Release, error: Exception) -> Finding:
    """Return the finding that ``rule`` could not be asked."""
    file = release.drawings[0].file if release.drawings else ""
    said = f"{type(error).__name__}: {error}"[:200]
    return in_file(RULE, file, (f"The check {rule.id} failed: {said}.", f"检查 {rule.id} 出错：{said}。"))
