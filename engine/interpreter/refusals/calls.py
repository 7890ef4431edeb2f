"""Call activities: what they call exists, can be run, and does not call back."""

from __future__ import annotations

from engine.interpreter.refusals.release import Release
from engine.interpreter.refusals.report import Findings, at


def called(release: Release) -> Findings:
    """A call activity calls a process of the release that has a plain start event."""
    processes = {each.id: each for each in release.processes}
    for node in release.nodes():
        if node.kind != "callActivity":
            continue
        wanted = node.attribute("calledElement") or ""
        if wanted not in processes:
            yield at(
                node,
                "called-missing",
                (f"There is no process {wanted or '(none chosen)'} that can be run.", f"没有可执行的流程 {wanted}。"),
                ("Choose an existing process.", "请选择已有的流程。"),
            )
        elif not processes[wanted].starts():
            yield at(
                node,
                "called-start",
                (f"The process {wanted} has no plain start event.", f"流程 {wanted} 没有普通开始事件。"),
                ("Draw one beside its message start event.", "请在其消息开始事件旁再画一个。"),
            )


def circles(release: Release) -> Findings:
    """A process that calls itself, directly or not, would never end."""
    calls = {
        process.id: {
            node.attribute("calledElement") or "" for node in process.all_nodes() if node.kind == "callActivity"
        }
        for process in release.processes
    }
    for process in release.processes:
        seen: set[str] = set()
        todo = list(calls[process.id])
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo.extend(calls.get(current, ()))
        if process.id in seen:
            yield at(
                process,
                "called-circle",
                ("The process calls itself, directly or through another.", "该流程直接或间接调用了自己。"),
                ("Draw a loop instead.", "请改画循环。"),
            )


def nothing_to_run(release: Release) -> Findings:
    """The property ``start`` belongs to processes with a plain start event."""
    for process in release.processes:
        if process.properties.get("start") and not process.starts():
            yield at(
                process,
                "start-event",
                ("People may start it, but it has no plain start event.", "人员可以启动它，但它没有普通开始事件。"),
                ("Draw one, or delete the property start.", "请画一个，或删除 start 属性。"),
            )


RULES = (called, circles, nothing_to_run)
