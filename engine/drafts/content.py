"""What may be kept in a draft: names that have a place among the processes, contents that can be read at all.

Whether a release can be made of them is another question, asked by the checks.
"""

from __future__ import annotations

import json
import re

import yaml

from engine.drafts.refusals import DraftFileRefused, UnfitPath
from engine.findings import Finding
from engine.interpreter.xml import BPMN, DMN, XmlRefused, read
from engine.releases.operations import LARGEST_FILE
from engine.text import Text

LONGEST_PATH = 200
_PLACES = {
    "bpmn": re.compile(r"[A-Za-z0-9_][\w-]*\.bpmn", re.ASCII),
    "dmn": re.compile(r"decisions/[A-Za-z0-9_][\w-]*\.dmn", re.ASCII),
    "json": re.compile(r"forms/[A-Za-z0-9_][\w-]*\.(?:schema|ui)\.json", re.ASCII),
    "yaml": re.compile(r"scenarios/(?:[A-Za-z0-9_][\w-]*/)?[A-Za-z0-9_][\w-]*\.yaml", re.ASCII),
}


def kind_of(path: str) -> str:
    """Return ``bpmn``, ``dmn``, ``json`` or ``yaml``; raises ``UnfitPath`` for a name that has no place."""
    kind = path.rpartition(".")[2]
    if len(path) > LONGEST_PATH or kind not in _PLACES or not _PLACES[kind].fullmatch(path):
        raise UnfitPath(path=path[:LONGEST_PATH])
    return kind


def check(path: str, content: bytes) -> None:
    """Refuse what nobody could read again: too large, no text, broken or hostile XML, broken JSON or YAML.

    Raises ``UnfitPath``, ``DraftFileRefused``.
    """
    kind = kind_of(path)
    if len(content) > LARGEST_FILE:
        raise _refused(
            path,
            "file-size",
            Text(f"The file is larger than {LARGEST_FILE // 2**20} MB.", f"文件超过 {LARGEST_FILE // 2**20} MB。"),
            Text("Split the diagram with call activities.", "用调用活动拆分该图。"),
        )
    if kind in {"bpmn", "dmn"}:
        try:
            read(path, content, (BPMN,) if kind == "bpmn" else DMN)
        except XmlRefused as refused:
            raise DraftFileRefused([refused.finding]) from None
        return
    try:
        text = content.decode()
        found = json.loads(text) if kind == "json" else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(path, str(error).splitlines()[0][:200]) from None
    if not isinstance(found, dict | (list if kind == "yaml" else dict)):
        raise _unreadable(path, "not an object")


def _unreadable(path: str, said: str) -> DraftFileRefused:
    return _refused(
        path,
        "file-syntax",
        Text(f"The file cannot be read: {said}", f"无法读取该文件：{said}"),
        Text("Correct it, then save again.", "请更正后重新保存。"),
    )


def _refused(path: str, rule: str, reason: Text, cure: Text) -> DraftFileRefused:
    return DraftFileRefused([Finding(path, None, None, rule, reason, cure)])
