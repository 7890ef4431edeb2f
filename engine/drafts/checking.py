"""What is wrong with the files of a draft. The answer for the same files never changes, so each process keeps some."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from engine.checks import Known, check
from engine.errors import ReleaseRefused
from engine.findings import ERROR, Finding
from engine.releases import contents
from engine.service_tasks import catalogue

KEPT = 64

_found: OrderedDict[tuple[str, str], tuple[Finding, ...]] = OrderedDict()
_lock = threading.Lock()


def findings(files: Mapping[str, bytes], known: Known | None = None) -> list[Finding]:
    """Return everything that is wrong with ``files`` or doubtful, errors first."""
    kept = already_found(files, known)
    if kept is not None:
        return kept
    found, key = tuple(check(files, catalogue(), known)), _key(files, known)
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


def _key(files: Mapping[str, bytes], known: Known | None) -> tuple[str, str]:
    hashes = {path: contents.sha256(content) for path, content in files.items()}
    return contents.digest(hashes), repr(known)


def must_be_sound(files: Mapping[str, bytes], known: Known | None = None) -> None:
    """Raise ``ReleaseRefused`` with every finding when one of them prevents a release of ``files``."""
    found = findings(files, known)
    if any(each.severity == ERROR for each in found):
        raise ReleaseRefused(found)
