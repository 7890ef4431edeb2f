"""A signal that nothing throws would be waited for for ever."""

from __future__ import annotations

from engine.findings import Rule
from engine.interpreter.drawing import Scope
from engine.interpreter.release import Release, kind_of, reference_of
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "signal-not-sent",
    Text("Nothing throws the signal", "没有元素抛出该信号"),
    Text(
        "Signals stay within a case: if nothing in it throws one, it never comes.",
        "信号只在案例内有效：案例内没有抛出，就永远不会到来。",
    ),
    Text("Throw it, or use a message if it comes from outside.", "请抛出该信号；若来自外部，请使用消息。"),
)


def find(release: Release) -> Findings:
    """What waits for a signal has somebody in its case who throws it."""
    for process in release.processes:
        if not any(kind_of(event) == "signal" for node in process.all_nodes() for event in node.events):
            continue
        thrown = set()
        for each in _with_callers(release, process):
            for node in each.all_nodes():
                if node.kind == "intermediateThrowEvent":
                    thrown |= {reference_of(release, node, event, "signal") for event in node.events}
        for node in process.all_nodes():
            for event in node.events:
                if kind_of(event) != "signal" or node.kind == "intermediateThrowEvent":
                    continue
                name = reference_of(release, node, event, "signal")
                if name is not None and name not in thrown:
                    said = (f"Nothing in the case throws the signal {name}.", f"案例中没有任何元素抛出信号 {name}。")
                    yield at(RULE, node, said)


def _with_callers(release: Release, process: Scope) -> list[Scope]:
    """Return the processes that may be part of one case with ``process``."""
    calls: dict[str, set[str]] = {each.id: set() for each in release.processes}
    for each in release.processes:
        for called in release.called_by(each):
            if called in calls:
                calls[each.id].add(called)
                calls[called].add(each.id)
    seen, todo = set(), [process.id]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(calls[current])
    return [each for each in release.processes if each.id in seen]
