"""Elements give statuses that the record can have."""

from __future__ import annotations

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.interpreter.report import Findings, at
from engine.text import Text

RULE = Rule(
    "status-unknown",
    Text("A status that the record does not have", "记录没有该状态"),
    Text("The record would refuse it, and the case would stop there.", "记录会拒绝该状态，案例会停在此处。"),
    Text("Choose one of the statuses of the record.", "请选择该记录的状态。"),
)


def find(subject: Subject) -> Findings:
    """Every status belongs to the kind of record that its process keeps."""
    for process in subject.release.processes:
        known = subject.known.statuses.get(process.properties.get("record", ""))
        for node in process.all_nodes() if known is not None else ():
            status = node.properties.get("status")
            if status and known is not None and status not in known:
                kind = process.properties["record"]
                yield at(RULE, node, (f"A {kind} has no status {status}.", f"{kind} 没有状态 {status}。"))
