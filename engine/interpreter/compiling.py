"""Compiling a release: read and check everything once, refuse what cannot be run correctly, with all reasons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from engine.errors import ReleaseRefused
from engine.findings import ERROR, Finding
from engine.interpreter.answering import set_elsewhere
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import Drawing, Scope, element_of, element_of_process, read_drawing
from engine.interpreter.iso_time import DEFAULT_ZONE
from engine.interpreter.parsing import must_parse, parse_specs
from engine.interpreter.programs import ProcessInfo, Program
from engine.interpreter.refusals import findings_of
from engine.interpreter.refusals.decision_twice import RULE as DECISION_TWICE
from engine.interpreter.refusals.form_json import RULE as FORM_JSON
from engine.interpreter.refusals.unreadable import RULE as UNREADABLE
from engine.interpreter.release import Release
from engine.interpreter.report import in_file
from engine.interpreter.step import Element
from engine.interpreter.tables import read_tables
from engine.interpreter.xml import BPMN, XmlRefused, read
from engine.kept import Kept, for_checks
from engine.service_tasks import ServiceTask

T = TypeVar("T")

_FORMS = "forms/"
_MAX_FORM_BYTES = 500_000


@dataclass(slots=True)
class _Sources:
    """What was read of the files so far."""

    drawings: list[Drawing] = field(default_factory=list)
    decisions: dict[str, DecisionTable] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def _read_files(files: Mapping[str, bytes], kept: Kept) -> _Sources:
    sources = _Sources()
    for file, content in sorted(files.items()):
        if file.endswith(".bpmn"):
            drawings, findings = _kept(sources, kept, file, content, _read_drawing)
            sources.drawings.extend(drawings)
        elif file.endswith(".dmn"):
            tables, findings = _kept(sources, kept, file, content, read_tables)
            _add_decisions(sources, file, tables)
        elif file.startswith(_FORMS) and file.endswith(".json"):
            forms, findings = _kept(sources, kept, file, content, _read_form)
            sources.forms.update((file.removeprefix(_FORMS), each) for each in forms)
        else:
            continue
        sources.findings.extend(findings)
    return sources


def _kept(
    sources: _Sources, kept: Kept, file: str, content: bytes, how: Callable[[str, bytes], tuple[list[T], list[Finding]]]
) -> tuple[list[T], list[Finding]]:
    digest = sources.digests[file] = hashlib.sha256(content).hexdigest()
    return kept.get("file", (file, digest), partial(how, file, content))


def _read_drawing(file: str, content: bytes) -> tuple[list[Drawing], list[Finding]]:
    try:
        return [read_drawing(file, read(file, content, (BPMN,)))], []
    except XmlRefused as error:
        return [], [error.finding]


def _add_decisions(sources: _Sources, file: str, tables: list[DecisionTable]) -> None:
    for table in tables:
        if table.id in sources.decisions:
            other = sources.decisions[table.id].file
            sources.findings.append(
                in_file(
                    DECISION_TWICE,
                    file,
                    (f"The decision {table.id} is also in {other}.", f"决策 {table.id} 在 {other} 中也存在。"),
                    element=table.id,
                )
            )
        sources.decisions[table.id] = table


def _json_object(content: bytes) -> dict[str, Any]:
    if len(content) > _MAX_FORM_BYTES:
        raise ValueError(f"it is larger than {_MAX_FORM_BYTES // 1000} kB")
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - of the file, not of an argument
    return found


def _read_form(file: str, content: bytes) -> tuple[list[dict[str, Any]], list[Finding]]:
    try:
        return [_json_object(content)], []
    except (ValueError, RecursionError) as error:
        said = (f"The form is not readable JSON: {error}", f"表单不是可读的 JSON：{error}")
        return [], [in_file(FORM_JSON, file, said)]


def _specs(drawings: list[Drawing], processes: list[Scope]) -> tuple[dict[str, Any], list[Finding]]:
    """Let SpiffWorkflow parse what passed our own checks; whatever it still refuses becomes a finding."""
    try:
        return parse_specs({each.file: each.xml for each in drawings}, [each.id for each in processes]), []
    except Exception as error:  # noqa: BLE001 - its parser raises whatever its own steps happen to raise
        return {}, [_unread(error, drawings[0].file)]


def _try_to_parse(drawing: Drawing) -> list[Finding]:
    """Return what SpiffWorkflow says of one diagram that passed our own checks."""
    scopes = [scope.id for each in drawing.processes if each.is_executable for scope in each.everywhere()]
    try:
        must_parse(drawing.file, drawing.xml, scopes)
    except Exception as error:  # noqa: BLE001 - as above
        return [_unread(error, drawing.file)]
    return []


def _unread(error: Exception, file: str) -> Finding:
    file = getattr(error, "file_name", None) or file
    element = (getattr(error, "tag", None) and getattr(error, "id", None)) or None
    said = in_file(UNREADABLE, file, (f"The diagram cannot be read: {error}", f"无法读取该图：{error}"))
    return replace(said, element=element, name=getattr(error, "name", None))


def _release(sources: _Sources, catalogue: Mapping[str, ServiceTask], zone: ZoneInfo, kept: Kept) -> Release:
    return Release(sources.drawings, sources.decisions, sources.forms, catalogue, zone, sources.digests, kept)


def read_release(files: Mapping[str, bytes], catalogue: Mapping[str, ServiceTask], *, kept: Kept) -> Release:
    """Return the files as they can be read, whatever is wrong with them; what ``kept`` has is not read again."""
    return _release(_read_files(files, kept), catalogue, DEFAULT_ZONE, kept)


@dataclass(slots=True)
class Examined:
    """A release as it was read, what is wrong with it, and its specifications if nothing is."""

    release: Release
    findings: list[Finding]
    specs: dict[str, Any]

    @property
    def can_run(self) -> bool:
        """Whether nothing was found that would not run as drawn."""
        return not any(each.severity == ERROR for each in self.findings)

    def program(self) -> Program:
        """Return the compiled release; raises ``ReleaseRefused`` with all findings, errors first."""
        if not self.can_run:
            raise ReleaseRefused(sorted(self.findings, key=lambda each: each.severity != ERROR))
        return _program(self.release, self.specs, tuple(self.findings))


def examine(
    files: Mapping[str, bytes],
    catalogue: Mapping[str, ServiceTask],
    zone: ZoneInfo = DEFAULT_ZONE,
    *,
    forgiven: Collection[str] = (),
    kept: Kept | None = None,
) -> Examined:
    """Read the files of a release and say what of them would not run as drawn; never raises for what they hold.

    It is parsed also when nothing worse was found than by the ``forgiven`` rules. With ``kept``, which belongs to
    ``catalogue`` and ``zone``, nothing is done again for files that are as before, and no specifications are made.
    """
    store = for_checks() if kept is None else kept
    sources = _read_files(files, store)
    release = _release(sources, catalogue, zone, store)
    examined = Examined(release, [*sources.findings, *findings_of(release)], {})
    if any(each.severity == ERROR and each.rule not in forgiven for each in examined.findings):
        return examined
    if kept is None:
        examined.specs, unread = _specs(sources.drawings, release.processes)
        examined.findings.extend(unread)
    else:
        for drawing in sources.drawings:
            key = release.digest_of(drawing.file)
            examined.findings.extend(kept.get("unread", key, partial(_try_to_parse, drawing)))
    return examined


def compile_release(
    files: Mapping[str, bytes], catalogue: Mapping[str, ServiceTask], zone: ZoneInfo = DEFAULT_ZONE
) -> Program:
    """Compile the files of a release (paths relative to ``processes/``) with the service tasks of ``catalogue``.

    ``zone`` is where a day begins for ``today()`` and for times drawn without an offset.
    Raises ``ReleaseRefused`` with all findings; findings of the severity ``warning`` only go into the program.
    """
    return examine(files, catalogue, zone).program()


def reopen_release(
    files: Mapping[str, bytes], catalogue: Mapping[str, ServiceTask], zone: ZoneInfo = DEFAULT_ZONE
) -> Program:
    """Compile what was released before: it was held to the rules of its day, and cases run on it.

    Rules that were made since are for new releases. Raises ``ReleaseRefused`` only for what can no longer be read.
    """
    sources = _read_files(files, for_checks())
    release = _release(sources, catalogue, zone, for_checks())
    specs, unread = _specs(sources.drawings, release.processes)
    if unread:
        raise ReleaseRefused(unread)
    return _program(release, specs, ())


def _program(release: Release, specs: dict[str, Any], warnings: tuple[Finding, ...]) -> Program:
    processes = release.processes
    elements: dict[tuple[str, str], Element] = {}
    scopes: dict[str, str] = {}
    flows: dict[tuple[str, str, str], str] = {}
    starts: dict[tuple[str, str | None], str] = {}
    for process in processes:
        elements[process.id, process.id] = element_of_process(process)
        for scope in process.everywhere():
            scopes[scope.id] = process.id
            for flow in scope.flows:
                flows[scope.id, flow.source, flow.target] = flow.id
            for node in scope.nodes.values():
                elements[process.id, node.id] = element_of(node)
            for plain in scope.starts():
                starts[scope.id, None] = plain.id
        for message, node in release.message_starts_of(process):
            starts[process.id, message] = node.id
    return Program(
        processes={
            each.id: ProcessInfo(each.id, each.name, each.label_zh, each.file, each.properties) for each in processes
        },
        elements=elements,
        starts={each.id: each.properties["start"] for each in processes if each.properties.get("start")},
        message_starts={message: each.id for each in processes for message, _ in release.message_starts_of(each)},
        messages=frozenset().union(*(release.messages_waited_for(each) for each in processes)),
        forms=release.forms,
        decisions=release.decisions,
        zone=release.zone,
        warnings=warnings,
        specs=specs,
        _scope_process=scopes,
        _flow_ids=flows,
        _calls={
            each.id: tuple(
                dict.fromkeys(
                    node.attribute("calledElement") or "" for node in each.all_nodes() if node.kind == "callActivity"
                )
            )
            for each in processes
        },
        _start_events=starts,
        _external=frozenset(each.id for each in release.catalogue.values() if not each.transactional),
        senders=release.senders_of(),
        _set_elsewhere=set_elsewhere(release),
    )
