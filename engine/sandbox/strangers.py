"""What other editors draw by default and a trial can take as meant: their files run too, until somebody says more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from lxml import etree

from engine.interpreter.xml import BPMN, XmlRefused, bpmn, read

IMPLIED = "implied__"
"""How the ids of what nobody drew begin: a trial passes there and does not tell."""

_SCOPES = (bpmn("process"), bpmn("subProcess"))
_FLOW = bpmn("sequenceFlow")
_KINDS = ("Event", "Gateway", "Task", "task", "subProcess", "callActivity", "transaction")
"""How the names of what tokens pass through end."""


def understood(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return ``files`` with diagrams of strangers as they would be drawn here; what is drawn so already stays the same.

    A file of which nothing may run is a sketch: its processes are tried. A task of no kind is one that somebody does.
    Where nothing follows, it ends; where no start is drawn, everything begins to which no flow leads; several ways out
    of what is no gateway are all taken (BPMN 2.0, 10.5 and 13).
    """
    return {path: _drawn_here(path, content) if path.endswith(".bpmn") else content for path, content in files.items()}


def _drawn_here(path: str, content: bytes) -> bytes:
    try:
        root = read(path, content, (BPMN,))
    except XmlRefused:
        return content
    changed = False
    processes = list(root.iter(bpmn("process")))
    if all(process.get("isExecutable") == "false" for process in processes):
        for process in processes:
            process.set("isExecutable", "true")
            changed = True
    for task in list(root.iter(bpmn("task"))):
        task.tag = bpmn("manualTask")
        changed = True
    numbers = count(1)
    for scope in list(root.iter(*_SCOPES)):
        for implied in (_splits, _starts, _ends):
            drawn = implied(scope, numbers)
            scope.extend(drawn)
            changed = changed or bool(drawn)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) if changed else content


def _splits(scope: etree._Element, numbers: Iterator[int]) -> list[etree._Element]:
    """Return the parallel gateways that nobody drew, and move the flows behind them; a flow with a condition stays."""
    leaving: dict[str, list[etree._Element]] = {}
    for flow in scope.iterchildren(_FLOW):
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
    found = []
    for node in _nodes(scope):
        flows = leaving.get(node.get("id", ""), [])
        if len(flows) > 1 and not node.tag.endswith("Gateway") and not any(len(flow) for flow in flows):
            split = _made("parallelGateway", numbers)
            found += [split, _flow(node.get("id", ""), split.get("id", ""), numbers)]
            for flow in flows:
                flow.set("sourceRef", split.get("id", ""))
    return found


def _starts(scope: etree._Element, numbers: Iterator[int]) -> list[etree._Element]:
    """Return the start that nobody drew: before what no flow leads to, before all of it side by side."""
    nodes = _nodes(scope)
    if any(node.tag == bpmn("startEvent") for node in nodes):
        return []
    entered = {flow.get("targetRef") for flow in scope.iterchildren(_FLOW)}
    first = [
        node.get("id", "") for node in nodes if node.get("id") not in entered and node.tag != bpmn("boundaryEvent")
    ]
    if not first:
        return []
    start = _made("startEvent", numbers)
    if len(first) == 1:
        return [start, _flow(start.get("id", ""), first[0], numbers)]
    split = _made("parallelGateway", numbers)
    between = _flow(start.get("id", ""), split.get("id", ""), numbers)
    return [start, between, split, *(_flow(split.get("id", ""), each, numbers) for each in first)]


def _ends(scope: etree._Element, numbers: Iterator[int]) -> list[etree._Element]:
    """Return an end that nobody drew for whatever has nothing behind it."""
    left = {flow.get("sourceRef") for flow in scope.iterchildren(_FLOW)}
    found = []
    for node in _nodes(scope):
        if node.tag != bpmn("endEvent") and node.get("id") not in left:
            end = _made("endEvent", numbers)
            found += [end, _flow(node.get("id", ""), end.get("id", ""), numbers)]
    return found


def _nodes(scope: etree._Element) -> list[etree._Element]:
    """Return what tokens pass through, without what waits beside: sub-processes of events, compensation."""
    return [
        each
        for each in scope.iterchildren()
        if isinstance(each.tag, str)
        and each.tag.startswith(bpmn(""))
        and each.tag.endswith(_KINDS)
        and "true" not in (each.get("triggeredByEvent"), each.get("isForCompensation"))
    ]


def _made(kind: str, numbers: Iterator[int], **attributes: str) -> etree._Element:
    return etree.Element(bpmn(kind), {"id": f"{IMPLIED}{next(numbers)}", **attributes})


def _flow(source: str, target: str, numbers: Iterator[int]) -> etree._Element:
    return _made("sequenceFlow", numbers, sourceRef=source, targetRef=target)
