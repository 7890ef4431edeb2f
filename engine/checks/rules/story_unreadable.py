"""What tells a story can be read."""

from __future__ import annotations

from collections.abc import Mapping

from engine.findings import Rule
from engine.interpreter.report import Findings, in_file
from engine.scenarios.stories import read_each
from engine.text import Text

RULE = Rule(
    "story-unreadable",
    Text("A story cannot be read", "案例无法读取"),
    Text(
        "Nobody knows what should happen in it, so it proves nothing.",
        "系统不知道其中应发生什么，因此它证明不了任何事情。",
    ),
    Text(
        "Give it a name in both languages, when it begins, and steps: copy one that works.",
        "请写明中英文名称、开始时间和步骤，可参照已有的案例。",
    ),
)


def unreadable(files: Mapping[str, bytes]) -> Findings:
    """Yield each file of stories or usual answers that cannot be read."""
    for file, problem in read_each(files).problems.items():
        said = " ".join(problem.split())[:200]
        yield in_file(RULE, file, (f"It cannot be read: {said}.", f"无法读取：{said}。"))
