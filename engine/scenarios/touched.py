"""What a story depends on: so that a change elsewhere in the processes does not ask for it to be played again.

A story always goes the same way as long as these are the same: the story itself and the usual answers it takes, the
product, the zone in which the company's days begin, which message starts which process, which questions leave alone
what other steps say, and the files it came upon. Those are the diagrams of the processes that it entered, with every
decision table and form that they name.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.interpreter.answering import set_elsewhere
from engine.interpreter.compiling import read_release
from engine.interpreter.xml import BPMN, XmlRefused, read
from engine.kept import for_checks
from engine.scenarios.stories import Scenario
from engine.service_tasks import catalogue

_KEPT = 512
_READ = for_checks()
_DECISION = re.compile(rb"<(?:\w+:)?decision\b[^>]*?\bid=[\"']([^\"']+)")
_FORM = ".schema.json"
_MODEL = f"{{{BPMN}}}"


@dataclass(frozen=True, slots=True)
class _Diagram:
    processes: frozenset[str]
    starts: tuple[tuple[str, str], ...]
    """Message and the process that it starts."""


@lru_cache(maxsize=_KEPT)
def _diagram(content: bytes) -> _Diagram:
    try:
        root = read("", content, (BPMN,))
    except XmlRefused:
        return _Diagram(frozenset(), ())
    names = {each.get("id"): each.get("name", "") for each in root.iter(f"{_MODEL}message")}
    processes: set[str] = set()
    starts: list[tuple[str, str]] = []
    for process in root.iter(f"{_MODEL}process"):
        processes.add(process.get("id", ""))
        starts += [
            (names.get(definition.get("messageRef"), ""), process.get("id", ""))
            for event in process.iter(f"{_MODEL}startEvent")
            for definition in event.iter(f"{_MODEL}messageEventDefinition")
        ]
    return _Diagram(frozenset(processes), tuple(sorted(starts)))


def diagrams(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the file of each process by its id."""
    return {
        process: path
        for path, content in sorted(files.items())
        if path.endswith(".bpmn")
        for process in _diagram(content).processes
    }


def touched(files: Mapping[str, bytes], processes: Iterable[str]) -> set[str]:
    """Return the paths of the files that a story which entered ``processes`` depends on."""
    file_of = diagrams(files)
    found = {file_of[each] for each in processes if each in file_of}
    text = b"\n".join(files[path] for path in sorted(found))
    return found | {path for path, content in files.items() if any(each in text for each in _names(path, content))}


def _names(path: str, content: bytes) -> list[bytes]:
    """Return the names by which diagrams ask for a decision table or a form."""
    if path.endswith(".dmn"):
        return _DECISION.findall(content)
    return [path.rpartition("/")[2].encode()] if path.endswith(_FORM) else []


def keys(
    files: Mapping[str, bytes], stories: Collection[Scenario], usual: Mapping[str, Mapping[str, Any]], zone: ZoneInfo
) -> dict[str, str]:
    """Return, by the path of each story, a name for all that decides what it comes upon first."""
    wiring = sorted(
        each for path, content in files.items() if path.endswith(".bpmn") for each in _diagram(content).starts
    )
    around = [product(), zone.key, wiring, _shared(files)]
    return {
        each.file: _digest([around, each.file, _content(files[each.file]), _answers(each, usual)]) for each in stories
    }


def _shared(files: Mapping[str, bytes]) -> list[list[Any]]:
    """Return the names of forms that steps elsewhere set, too: a form leaves them alone where it does not ask them."""
    elsewhere = set_elsewhere(read_release(files, catalogue(), kept=_READ))
    return [[*where, sorted(names)] for where, names in sorted(elsewhere.items()) if names]


def _answers(story: Scenario, usual: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    names = {name for step in story.steps for name in (step.do, step.message) if name}
    return {name: usual[name] for name in sorted(names) if name in usual}


def _content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


@lru_cache(maxsize=1)
def product() -> str:
    """Return a name for the code that plays: the product's version, and every module of the engine and the handlers.

    A product that was upgraded plays the stories anew.
    """
    rooms = {"engine", *(each.call.__module__.partition(".")[0] for each in catalogue().values())}
    try:
        release = version("ltc-flow")
    except PackageNotFoundError:
        release = ""
    digest = hashlib.sha256(release.encode())
    for room in sorted(rooms):
        folder = Path(sys.modules[room].__file__ or "").parent
        for module in sorted(folder.rglob("*.py")):
            digest.update(module.relative_to(folder).as_posix().encode() + module.read_bytes())
    return digest.hexdigest()
