"""Checking a folder of diagrams, forms and tables: what the interpreter refuses, then every rule of this room."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import ModuleType
from zoneinfo import ZoneInfo

from engine.checks.rules import ALONE, MODULES
from engine.checks.rules.not_judged import not_judged
from engine.checks.rules.story_unreadable import unreadable
from engine.checks.subject import Known, Subject
from engine.errors import ReleaseRefused
from engine.findings import ERROR, INFO, WARNING, Finding
from engine.interpreter import Examined, examine
from engine.interpreter.iso_time import DEFAULT_ZONE
from engine.kept import Kept, for_checks
from engine.service_tasks import ServiceTask

__all__ = ["Known", "check", "refuse"]

log = logging.getLogger(__name__)
_ORDER = {ERROR: 0, WARNING: 1, INFO: 2}


def check(
    files: Mapping[str, bytes],
    catalogue: Mapping[str, ServiceTask],
    known: Known | None = None,
    zone: ZoneInfo = DEFAULT_ZONE,
    kept: Kept | None = None,
) -> list[Finding]:
    """Return everything found in ``files`` (paths relative to ``processes/``), errors first, then file by file.

    ``known`` says which roles and statuses the company has; what it does not say is not checked. Nothing that the
    files hold makes this raise: what cannot be judged is a finding too. ``kept``, which belongs to ``catalogue`` and
    ``zone``, saves doing again what was done before for files that are the same.
    """
    examined = examine(files, catalogue, zone, kept=for_checks() if kept is None else kept)
    read = {drawing.file for drawing in examined.release.drawings}
    subject = Subject(
        examined.release, known or Known(), whole=all(each in read for each in files if each.endswith(".bpmn"))
    )
    found = [*examined.findings, *unreadable(files), *_by_rules(subject, examined)]
    return sorted(_once(found), key=lambda each: (_ORDER.get(each.severity, 0), each.file, each.element or ""))


def refuse(
    files: Mapping[str, bytes], catalogue: Mapping[str, ServiceTask], known: Known | None = None
) -> list[Finding]:
    """Return what does not prevent publishing ``files`` but should be mended; raises ``ReleaseRefused`` otherwise."""
    found = check(files, catalogue, known)
    if any(each.severity == ERROR for each in found):
        raise ReleaseRefused(found)
    return found


def _by_rules(subject: Subject, examined: Examined) -> Iterator[Finding]:
    """Yield what every rule finds; over a release that cannot run anyway, a rule may be at a loss."""
    for module in MODULES:
        if not hasattr(module, "find"):
            continue
        try:
            if module.RULE.id in ALONE:
                yield from _alone(module, subject)
            else:
                yield from module.find(subject)
        except Exception as error:
            if examined.can_run:
                log.exception("%s cannot judge this release", module.__name__)
                yield not_judged(module.RULE, examined.release, error)


def _alone(module: ModuleType, subject: Subject) -> Iterator[Finding]:
    """Yield what a rule finds that looks at one diagram at a time."""
    release = subject.release
    for drawing in release.drawings:
        alone: Callable[[], list[Finding]] = partial(_found, module, Subject(release.alone(drawing), subject.known))
        yield from release.kept.get("alone", (module.RULE.id, release.digest_of(drawing.file)), alone)


def _found(module: ModuleType, subject: Subject) -> list[Finding]:
    return list(module.find(subject))


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Return ``found`` without what says the same of the same place."""
    return list({(each.file, each.element, each.rule, each.reason.en): each for each in found}.values())
