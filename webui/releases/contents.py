"""The files of a release or draft as people read them: what each is, and what people call it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.forms import text_of
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.drawing import read_drawing
from engine.interpreter.tables import read_tables
from engine.interpreter.xml import BPMN, XmlRefused, read
from engine.releases.contents import sha256
from engine.text import Text
from webui.catalogue.words import asked

PROCESS, DECISION, FORM, SCENARIO = "process", "decision", "form", "scenario"
KINDS = (PROCESS, DECISION, FORM, SCENARIO)
SCHEMA, UI = ".schema.json", ".ui.json"
MOST_TITLES = 4000

_titles: dict[tuple[str, str], Text] = {}


@dataclass(frozen=True, slots=True)
class Described:
    """One file: what it is and what people call it."""

    path: str
    kind: str
    title: Text


@dataclass(slots=True)
class Shown:
    """One file to be read: ``text`` always, and what the kind of file adds."""

    path: str
    kind: str
    title: Text
    text: str
    tables: list[DecisionTable] = field(default_factory=list)
    fields: list[tuple[str, Text, str]] = field(default_factory=list)

    def columns(self, table: DecisionTable) -> list[Text]:
        """Return what stands above the columns of one of ``tables``: what it asks, then the names that it gives."""
        given = (Text(f"→ {each.name}", f"→ {each.name}") for each in table.outputs)
        return [*(_in_both(each.label) for each in table.inputs), *given]


def kind_of(path: str) -> str:
    """Return what a file is, by its name."""
    return {"bpmn": PROCESS, "dmn": DECISION, "json": FORM}.get(path.rpartition(".")[2], SCENARIO)


def described(files: Mapping[str, bytes]) -> dict[str, list[Described]]:
    """Return the files by kind, each list by path."""
    found: dict[str, list[Described]] = {kind: [] for kind in KINDS}
    for path in sorted(files):
        kind = kind_of(path)
        found[kind].append(Described(path, kind, title_in(files, path)))
    return found


def title_in(files: Mapping[str, bytes], path: str) -> Text:
    """Return what people call one of ``files``: a UI schema is called as the form that it lays out."""
    form = f"{path.removesuffix(UI)}{SCHEMA}"
    named = form if path.endswith(UI) and form in files else path
    return title_of(named, files.get(named, b""))


def title_of(path: str, content: bytes) -> Text:
    """Return what people call a file; one that cannot be read is called by its name. Each content is read once."""
    key = (path, sha256(content))
    found = _titles.get(key)
    if found is None:
        if len(_titles) >= MOST_TITLES:
            _titles.clear()
        found = _titles[key] = _read_title(path, content)
    return found


def _in_both(name: str) -> Text:
    """Return a name of a decision table, which holds both languages: ``Score / 综合得分``."""
    english, _, chinese = name.partition(" / ")
    return Text(english, chinese)


def _read_title(path: str, content: bytes) -> Text:
    plain = Text(path, path)
    try:
        if path.endswith(".bpmn"):
            for each in read_drawing(path, read(path, content, (BPMN,))).processes:
                if each.is_executable:
                    return Text(each.name or path, each.label_zh)
        elif path.endswith(".dmn"):
            for table in read_tables(path, content)[0]:
                return _in_both(table.name)
        elif path.endswith(SCHEMA):
            found = _object(content)
            if found.get("title"):
                return text_of(found, "title")
    except (XmlRefused, ValueError, RecursionError):
        return plain
    return plain


def shown(path: str, content: bytes) -> Shown:
    """Return a file with everything a page shows of it."""
    one = Shown(path, kind_of(path), title_of(path, content), content.decode("utf-8", "replace"))
    if path.endswith(".dmn"):
        one.tables = read_tables(path, content)[0]
    elif path.endswith(SCHEMA):
        try:
            one.fields = list(_fields(_object(content)))
        except (ValueError, RecursionError):
            one.fields = []
    return one


def _fields(schema: Mapping[str, Any]) -> list[tuple[str, Text, str]]:
    return [(name, text_of(each, "title"), str(each.get("type", ""))) for name, each in asked(schema)]


def _object(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - of the file, not of an argument
    return found
