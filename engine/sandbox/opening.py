"""Opening files in the sandbox: what only lacks a company around it can be tried all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from engine.errors import ReleaseRefused
from engine.findings import ERROR, WARNING, Finding
from engine.interpreter import Program, examine
from engine.interpreter.refusals.process_size import MOST_AHEAD, ahead
from engine.interpreter.release import operator_of
from engine.sandbox.strangers import understood
from engine.service_tasks import Context, ServiceTask
from engine.text import Text

FORGIVEN = frozenset(
    {
        "called-start", "decision-missing", "error-not-caught", "form-json", "form-missing", "form-reference",
        "form-schema", "handler-result", "handler-unknown", "hidden-script", "message-start", "not-reached",
        "parameter-missing", "parameter-unknown", "parameter-value", "process-size", "signal-not-sent", "task-form",
        "task-role", "two-ways-out",
    }
)  # fmt: skip
"""What a case of the company could not do without, but a trial can."""


class _Anything(BaseModel):
    model_config = {"extra": "allow"}


def _no_handler(ctx: Context, given: _Anything) -> None:  # noqa: ARG001 - the signature of a handler
    raise AssertionError("the sandbox answers in its place")


@dataclass(slots=True)
class Opened:
    """What was read: the program, if it can be tried, and what was found."""

    program: Program | None
    catalogue: Mapping[str, ServiceTask]
    findings: list[Finding] = field(default_factory=list)


def open_files(files: Mapping[str, bytes], catalogue: Mapping[str, ServiceTask]) -> Opened:
    """Compile ``files`` for the sandbox; unknown handlers become ones that give nothing back. Never raises.

    The findings are those of the files as they are, also where a trial takes them as meant.
    """
    meant = understood(files)
    examined = examine(meant, catalogue, forgiven=FORGIVEN)
    known = dict(catalogue)
    for node in examined.release.nodes():
        handler = operator_of(node)[1]
        if node.kind == "serviceTask" and handler not in known:
            nothing = Text(handler, handler)
            known[handler] = ServiceTask(handler, nothing, nothing, True, _Anything, None, _no_handler)
    findings = list(examined.findings)
    examined.findings = [_forgiven(each) for each in findings]
    if meant != files:
        prevented = [] if examined.can_run else [each for each in examined.findings if each.severity == ERROR]
        findings = list(examine(files, catalogue, forgiven=FORGIVEN).findings)
        told = {_said(each) for each in findings}
        findings += [each for each in prevented if _said(each) not in told]
    if any(ahead(scope) > MOST_AHEAD for scope in examined.release.scopes()):
        return Opened(None, known, findings)  # too many elements can be tried, too many branches cannot
    try:
        return Opened(examined.program(), known, findings)
    except ReleaseRefused:
        return Opened(None, known, findings)


def _said(finding: Finding) -> tuple[str, str | None, str, str]:
    return finding.file, finding.element, finding.rule, finding.reason.en


def _forgiven(finding: Finding) -> Finding:
    return replace(finding, severity=WARNING) if finding.rule in FORGIVEN and finding.severity == ERROR else finding
