"""Scripts stand in script tasks."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.release import Release
from engine.interpreter.report import Findings, at
from engine.interpreter.xml import text_of
from engine.text import Text

RULE = Rule(
    "hidden-script",
    Text("A hidden script", "隐藏脚本"),
    Text("What the drawing does not show would not be run.", "图中看不到的内容不会被执行。"),
    Text(
        "Draw a script task instead; answers become process data by their own names.",
        "请改画脚本任务；答复按其名称成为流程数据。",
    ),
)


def find(release: Release) -> Findings:
    """No element carries a script before or after itself."""
    for node in release.nodes():
        for hidden in ("preScript", "postScript", "variableName"):
            if node.extension(hidden) is not None and text_of(node.extension(hidden)):
                yield at(RULE, node, (f"{hidden} is not supported.", f"不支持 {hidden}。"))
