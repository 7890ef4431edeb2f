"""What is wrong with the files of a draft, asked at every stroke while somebody draws.

The answer for the same files never changes, so each process keeps some; and of files that differ in one diagram, only
that diagram and those that call it are judged anew. One thread does all the judging: two at once would take as long
under the interpreter's lock, and twice the memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from engine.checks import Known, check
from engine.errors import ReleaseRefused
from engine.findings import ERROR, Finding
from engine.kept import for_checks
from engine.releases import contents
from engine.service_tasks import ServiceTask, catalogue

KEPT = 64

_found: OrderedDict[tuple[str, str], tuple[Finding, ...]] = OrderedDict()
_lock = threading.Lock()
_judging = ThreadPoolExecutor(1, "checks")
_parts = for_checks()
_judged_by: dict[str, ServiceTask] = {}


def findings(files: Mapping[str, bytes], known: Known | None = None) -> list[Finding]:
    """Return everything that is wrong with ``files`` or doubtful, errors first."""
    kept = already_found(files, known)
    if kept is not None:
        return kept
    found, key = _judging.submit(_judge, files, known).result(), _key(files, known)
    with _lock:
        _found[key] = found
        while len(_found) > KEPT:
            _found.popitem(last=False)
    return list(found)


def already_found(files: Mapping[str, bytes], known: Known | None = None) -> list[Finding] | None:
    """Return what :func:`findings` would, if that takes no time; ``None`` if somebody would have to wait for it."""
    key = _key(files, known)
    with _lock:
        if key not in _found:
            return None
        _found.move_to_end(key)
        return list(_found[key])


def _judge(files: Mapping[str, bytes], known: Known | None) -> tuple[Finding, ...]:
    now = catalogue()
    if _judged_by != now:
        _parts.clear()
        _judged_by.clear()
        _judged_by.update(now)
    return tuple(check(files, now, known, kept=_parts))


def _key(files: Mapping[str, bytes], known: Known | None) -> tuple[str, str]:
    hashes = {path: contents.sha256(content) for path, content in files.items()}
    return contents.digest(hashes), repr(known)


def must_be_sound(files: Mapping[str, bytes], known: Known | None = None) -> None:
    """Raise ``ReleaseRefused`` with every finding when one of them prevents a release of ``files``."""
    found = findings(files, known)
    if any(each.severity == ERROR for each in found):
        raise ReleaseRefused(found)
