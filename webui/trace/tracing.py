"""Follows every line of the checklist to the places that carry it, and looks whether they are really there.

Elements of diagrams name their lines in the property ``ref``, entries of the method page in ``ids``; everything else is
named by pointers in ``checklist.yaml``: a kind and a target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.interpreter import Element, Program
from engine.service_tasks import catalogue
from engine.text import Text
from handlers.documents import catalogue as documents
from handlers.organisation.roles import CASE_ROLES, ROLES
from webui.method.entries import chapters
from webui.migrations.models import metadata

CHECKLIST = Path(__file__).with_name("checklist.yaml")
GROUPS: Mapping[str, Text] = {
    "D": Text("From the training material", "培训材料中的要素"),
    "P": Text("Filled from public sources", "由公开资料补充"),
    "A": Text("Our assumptions and names", "我们的假设与命名"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist; ``where`` are its pointers, ``<kind> <target>`` each.

    ``told``: a definition, a reason or a saying, for which words on the method page are enough.
    """

    id: str
    title: Text
    where: tuple[str, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One place that carries a line: what kind of place, which one, and its name for people."""

    kind: str
    target: str
    name: Text
    found: bool = True


@dataclass(slots=True)
class Traced:
    """A line with its places; it is a gap when nothing carries it, only words do, or a pointer leads nowhere."""

    line: Line
    places: list[Place] = field(default_factory=list)

    @property
    def is_gap(self) -> bool:
        """Whether something is missing."""
        carried = any(place.kind != "method" or self.line.told for place in self.places)
        return not carried or not all(place.found for place in self.places)


KINDS: Mapping[str, Text] = {
    "element": Text("Diagram", "流程图"),
    "diagram": Text("Diagram", "流程图"),
    "field": Text("Form", "表单"),
    "decision": Text("Decision table", "决策表"),
    "handler": Text("Automatic step", "自动步骤"),
    "page": Text("Page", "页面"),
    "role": Text("Role", "角色"),
    "column": Text("Record", "记录"),
    "document": Text("Document", "文档"),
    "method": Text("Method page", "方法说明"),
}


@cache
def lines() -> tuple[Line, ...]:
    """Return the checklist in its order; raises ``ValueError`` for a pointer of an unknown kind."""
    found = []
    for number, each in yaml.safe_load(CHECKLIST.read_text("utf-8")).items():
        where = tuple(each.get("where", ()))
        unknown = [pointer for pointer in where if pointer.partition(" ")[0] not in KINDS]
        if unknown:
            raise ValueError(f"{number}: unknown kind of pointer in {unknown}")
        found.append(Line(str(number), Text(each["en"], each["zh"]), where, each.get("told", False)))
    return tuple(found)


def trace(program: Program, pages: Mapping[str, object], checklist: Sequence[Line] | None = None) -> list[Traced]:
    """Return every line with its places; ``pages`` are the endpoints of the product."""
    by_ref = _elements_by_line(program)
    said = {number: (anchor, title) for anchor, title, ids in _entries() for number in ids}
    found = []
    for line in checklist if checklist is not None else lines():
        traced = Traced(line)
        for element in by_ref.get(line.id, ()):
            traced.places.append(
                Place("element", f"{element.process_id}/{element.id}", Text(element.name, element.label_zh))
            )
        if line.id in said:
            anchor, title = said[line.id]
            traced.places.append(Place("method", anchor, title))
        for pointer in line.where:
            kind, _, target = pointer.partition(" ")
            traced.places.append(_looked_up(kind, target, program, pages))
        found.append(traced)
    return found


def unknown_refs(program: Program, checklist: Sequence[Line] | None = None) -> list[str]:
    """Return what diagrams and the method page name although the checklist has no such line: ``place: id``."""
    known = {line.id for line in (checklist if checklist is not None else lines())}
    wrong = [
        f"{element.process_id}/{element.id}: {number}"
        for number, elements in _elements_by_line(program).items()
        for element in elements
        if number not in known
    ]
    return wrong + [f"{anchor}: {number}" for anchor, _, ids in _entries() for number in ids if number not in known]


def _entries() -> Iterator[tuple[str, Text, tuple[str, ...]]]:
    for chapter in chapters():
        for entry in chapter.entries:
            yield entry.anchor, entry.title, entry.ids


def _elements_by_line(program: Program) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in program.elements.values():
        for number in re.findall(r"[\w-]+", element.properties.get("ref", "")):
            found.setdefault(number, []).append(element)
    return found


Finder = Callable[[str, Program, Mapping[str, object]], Text | None]


def _looked_up(kind: str, target: str, program: Program, pages: Mapping[str, object]) -> Place:
    name = _FINDERS[kind](target, program, pages)
    return Place(kind, target, name or Text(target, target), found=name is not None)


def _element(target: str, program: Program, _pages: Mapping[str, object]) -> Text | None:
    process_id, _, element_id = target.partition("/")
    found = program.elements.get((process_id, element_id))
    return Text(found.name, found.label_zh) if found is not None else None


def _diagram(target: str, program: Program, _pages: Mapping[str, object]) -> Text | None:
    found = program.processes.get(target)
    return Text(found.name, found.label_zh) if found is not None else None


def _field(target: str, program: Program, _pages: Mapping[str, object]) -> Text | None:
    form, _, path = target.partition("/")
    places: list[Mapping[str, Any]] = [program.forms.get(f"{form}.schema.json", {})]
    found: Mapping[str, Any] | None = None
    for name in path.split("."):
        found = next((each for place in places if (each := _asked(place, name)) is not None), None)
        if found is None:
            return None
        places = [found.get("items", {})]
    return Text(str(found.get("title", path)), str(found.get("x-title-zh", path))) if found is not None else None


def _asked(schema: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return a field of a form, also one that is asked only under a condition."""
    found = schema.get("properties", {}).get(name)
    if isinstance(found, Mapping) and "type" in found:
        return found
    inside = [schema[key] for key in ("then", "else") if key in schema]
    inside += [*schema.get("allOf", ()), *schema.get("dependentSchemas", {}).values()]
    return next((each for part in inside if (each := _asked(part, name)) is not None), None)


def _decision(target: str, program: Program, _pages: Mapping[str, object]) -> Text | None:
    return Text(target, target) if target in program.decisions else None


def _handler(target: str, _program: Program, _pages: Mapping[str, object]) -> Text | None:
    found = catalogue().get(target)
    return found.label if found is not None else None


def _page(target: str, _program: Program, pages: Mapping[str, object]) -> Text | None:
    return Text(target, target) if target in pages else None


def _role(target: str, _program: Program, _pages: Mapping[str, object]) -> Text | None:
    return ROLES.get(target) or CASE_ROLES.get(target)


def _column(target: str, _program: Program, _pages: Mapping[str, object]) -> Text | None:
    table, _, column = target.partition(".")
    tables = metadata().tables
    return Text(target, target) if table in tables and column in tables[table].columns else None


def _document(target: str, _program: Program, _pages: Mapping[str, object]) -> Text | None:
    found = documents.kinds().get(target)
    return found.title if found is not None else None


def _method(target: str, _program: Program, _pages: Mapping[str, object]) -> Text | None:
    return next((title for anchor, title, _ in _entries() if anchor == target), None)


_FINDERS: Mapping[str, Finder] = {
    "element": _element,
    "diagram": _diagram,
    "field": _field,
    "decision": _decision,
    "handler": _handler,
    "page": _page,
    "role": _role,
    "column": _column,
    "document": _document,
    "method": _method,
}
