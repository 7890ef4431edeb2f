"""Names stand where values of their type belong."""

from __future__ import annotations

from engine.checks.dataflow.comparisons import compared
from engine.checks.dataflow.uses import misused
from engine.checks.subject import Subject
from engine.findings import Finding, Rule
from engine.interpreter.report import Findings, Said, at, at_flow
from engine.interpreter.written import Written
from engine.text import Text

RULE = Rule(
    "data-type",
    Text("Data of another type", "数据类型不符"),
    Text(
        "Text is never equal to a number; to compare them by size, or to give one for the other, stops the case.",
        "文本永远不等于数字；比较大小或以一种代替另一种，都会使案例停下。",
    ),
    Text(
        "Write text in quotes, numbers without, and True or False for yes and no.",
        "文本加引号，数字不加，是否用 True 或 False。",
    ),
)


def find(subject: Subject) -> Findings:
    """A constant in a comparison, and a name where a certain type is needed, are of a type that fits."""
    for written, name, constants in compared(subject.release):
        known = subject.domains.get(name)
        if known is None or known.untyped or not known.types:
            continue
        types = {*known.types, *({int, float} if known.types & {int, float} else ())}
        for each in constants:
            if each is not None and type(each) not in types:
                kinds = ", ".join(sorted(kind.__name__ for kind in known.types))
                said = (
                    f"{name} is of the type {kinds}, not like {each!r}.",
                    f"{name} 的类型是 {kinds}，与 {each!r} 不符。",
                )
                yield _told(written, said)
    for written, name, given, needed in misused(subject.release, subject.domains):
        has, wants = (", ".join(sorted(kind.__name__ for kind in kinds)) for kinds in (given, needed))
        said = (
            f"{written.what.en} needs {wants}, but {name} is of the type {has}.",
            f"{written.what.zh}需要 {wants}，但 {name} 的类型是 {has}。",
        )
        yield _told(written, said, ("Choose data of that type.", "请选择该类型的数据。"))


def _told(written: Written, said: Said, cure: Said | None = None) -> Finding:
    if written.flow is None:
        return at(RULE, written.node, said, cure)
    return at_flow(RULE, written.node.scope, written.flow, said, cure)
