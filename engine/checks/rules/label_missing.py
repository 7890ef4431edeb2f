"""Everything has its name in both languages."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import WARNING, Rule
from engine.interpreter.report import Findings, at, at_flow
from engine.text import Text

RULE = Rule(
    "label-missing",
    Text("A name is missing in one language", "缺少一种语言的名称"),
    Text("Half of the readers would see a word that they do not understand.", "一半的读者会看到看不懂的文字。"),
    Text("Give it its name in both languages.", "请填写两种语言的名称。"),
    WARNING,
)

_UNNAMED = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"))


def find(subject: Subject) -> Findings:
    """Processes, lanes, elements and flows that have a name in one language have it in the other; tasks have one."""
    for process in subject.release.processes:
        for node in process.all_nodes():
            if node.name or node.label_zh or node.kind.endswith(("Task", "task", "Activity")):
                problem = _problem(node.name, node.label_zh)
                if problem is not None:
                    yield at(RULE, node, problem)
        for scope in process.everywhere():
            for flow in scope.flows:
                problem = _problem(flow.name, flow.label_zh) if flow.name else None
                if problem is not None:
                    yield at_flow(RULE, scope, flow, problem)
        problem = _problem(process.name, process.label_zh)
        if problem is not None:
            yield at(RULE, process, problem)


def _problem(english: str, chinese: str) -> tuple[str, str] | None:
    if not english:
        return "It has no name in English.", "缺少英文名称。"
    return None if chinese else ("It has no name in Chinese.", "缺少中文名称。")
