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
    hashes = {path: contents.sha256(content) for path, content in files.items()}
    key = (contents.digest(hashes), repr(known))
    with _lock:
        if key in _found:
            _found.move_to_end(key)
            return list(_found[key])
    found = tuple(check(files, catalogue(), known))
    with _lock:
        _found[key] = found
        while len(_found) > KEPT:
            _found.popitem(last=False)
    return list(found)


def must_be_sound(files: Mapping[str, bytes], known: Known | None = None) -> None:
    """Raise ``ReleaseRefused`` with every finding when one of them prevents a release of ``files``."""
    found = findings(files, known)
    if any(each.severity == ERROR for each in found):
        raise ReleaseRefused(found)
