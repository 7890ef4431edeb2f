"""Which files a command line means: folders as a whole, single files among the shipped ones that they would join."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.findings import Finding
from engine.interpreter.refusals.xml_root import RULE as NOT_READ
from engine.interpreter.report import in_file
from engine.releases.operations import LARGEST_FILE, SUFFIXES, too_large

_DEFINED = re.compile(rb"<(?:\w+:)?(?:process|decision)\b[^>]*?\bid=[\"']([^\"']+)")
_FORM = (".schema.json", ".ui.json")


@dataclass(slots=True)
class Batch:
    """Files that are judged together; ``asked`` maps those that were asked for to the path that was given.

    ``around`` is what lay there without them.
    """

    files: dict[str, bytes]
    asked: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    around: Mapping[str, bytes] = field(default_factory=dict)


def batches(paths: Iterable[Path], shipped: Path) -> list[Batch]:
    """Return the batches that ``paths`` mean.

    A folder is judged as it is. Single files are judged together, as if they were published with what lies in
    ``shipped``, where they replace files that define the same; files that define the same as each other are judged
    one by one.
    """
    single = [path for path in paths if not path.is_dir()]
    found = [_folder(path) for path in paths if path.is_dir()]
    if single:
        around = _folder(shipped).files if shipped.is_dir() else {}
        ids = [each for path in single for each in _defined(_content(path) or b"")]
        groups = [single] if len(set(ids)) == len(ids) else [[path] for path in single]
        found += [_joined(group, around) for group in groups]
    return found


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None


def _defined(content: bytes) -> set[bytes]:
    """Return the ids of the processes or decisions of a file, without reading it as XML: it may be anything."""
    return set(_DEFINED.findall(content))


def _folder(folder: Path) -> Batch:
    batch = Batch({})
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in SUFFIXES:
            name = path.relative_to(folder).as_posix()
            _add(batch, name, path)
    return batch


def _add(batch: Batch, name: str, path: Path) -> None:
    content = _content(path)
    batch.asked[name] = str(path)
    if content is None:
        batch.findings.append(too_large(name))
    else:
        batch.files[name] = content


def _joined(group: list[Path], around: Mapping[str, bytes]) -> Batch:
    batch = Batch({}, around=around)
    for path in group:
        if path.suffix not in SUFFIXES:
            said = (f"Files of the kind {path.suffix or '(none)'} are not read.", f"不读取 {path.suffix} 类型的文件。")
            batch.findings.append(in_file(NOT_READ, str(path), said))
            batch.asked[str(path)] = str(path)
            continue
        _add(batch, _place(path), path)
    mine = {each for content in batch.files.values() for each in _defined(content)}
    for name, content in around.items():
        if name not in batch.asked and not (mine & _defined(content)):
            batch.files[name] = content
    return batch


def _place(path: Path) -> str:
    if path.name.endswith(_FORM):
        return f"forms/{path.name}"
    return f"decisions/{path.name}" if path.suffix == ".dmn" else path.name
