"""What there is in a file to compare: elements and flows of a diagram, rows of a table, fields of a form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.forms import text_of as words_of
from engine.interpreter.drawing import Node, Scope, properties_of, read_drawing
from engine.interpreter.tables import read_tables
from engine.interpreter.xml import BPMN, SPIFF, XmlRefused, read, text_of
from engine.text import Text

PROCESS, LANE, FLOW, DECLARED = "process", "lane", "sequenceFlow", "declared"
TABLE, ROW, FORM, FIELD, FILE = "table", "row", "form", "field", "file"
_SKIPPED = frozenset({"incoming", "outgoing", "flowNodeRef", "laneSet", "sequenceFlow", "artifact"})
_DECLARATIONS = ("message", "error", "signal", "escalation")


@dataclass(slots=True)
class Thing:
    """One thing with everything that is said of it, by facet: ``name``, ``lane``, ``property:due``, ``field:type``."""

    id: str
    kind: str
    name: Text
    facets: dict[str, str] = field(default_factory=dict)
    process: str = ""


def things_of(path: str, content: bytes) -> dict[str, Thing]:
    """Return what a file holds, by id; a file that cannot be read is one thing with its text."""
    reader = _READERS.get(path.rpartition(".")[2], _written)
    try:
        return {each.id: each for each in reader(path, content)}
    except (XmlRefused, ValueError, RecursionError):
        return {each.id: each for each in _written(path, content)}


def _written(path: str, content: bytes) -> Iterator[Thing]:
    yield Thing(path, FILE, Text(path, path), {"text": content.decode("utf-8", "replace")})


def _drawn(path: str, content: bytes) -> Iterator[Thing]:
    drawing = read_drawing(path, read(path, content, (BPMN,)))
    for kind in _DECLARATIONS:
        for each in drawing.declared(kind).values():
            yield Thing(each.get("id", ""), DECLARED, _named(each), _facets(each))
    for process in drawing.processes:
        yield Thing(process.id, PROCESS, _named(process.xml), _own(process.xml), process.id)
        for lane in process.xml.iter(f"{{{BPMN}}}lane"):
            yield Thing(lane.get("id", ""), LANE, _named(lane), _facets(lane), process.id)
        for scope in process.everywhere():
            yield from _in_scope(scope, process.id)


def _in_scope(scope: Scope, process: str) -> Iterator[Thing]:
    for node in scope.nodes.values():
        yield Thing(node.id, node.kind, _named(node.xml), _of_node(node), process)
    for each in scope.xml.findall(f"{{{BPMN}}}sequenceFlow"):
        yield Thing(each.get("id", ""), FLOW, _named(each), _facets(each), process)


def _of_node(node: Node) -> dict[str, str]:
    facets = _own(node.xml) if node.scope.inner and node.kind == "subProcess" else _facets(node.xml)
    return {**facets, **({"lane": node.lane} if node.lane else {})}


def _named(xml: etree._Element) -> Text:
    return Text(xml.get("name") or "", properties_of(xml).get("label.zh_CN", ""))


def _own(xml: etree._Element) -> dict[str, str]:
    """Return what is said of a process itself, not of what is drawn in it."""
    facets = {str(name): str(value) for name, value in xml.attrib.items() if name != "id"}
    return {**facets, **{f"property:{name}": value for name, value in properties_of(xml).items()}}


def _facets(xml: etree._Element) -> dict[str, str]:
    facets = {etree.QName(name).localname: str(value) for name, value in xml.attrib.items() if name != "id"}
    for each in xml:
        if etree.QName(each).localname not in _SKIPPED:
            facets.update(_inside(each, ""))
    return facets


def _inside(xml: etree._Element, place: str) -> Iterator[tuple[str, str]]:
    """Yield everything said in a child, extension elements included, by the way to it."""
    name = etree.QName(xml)
    if name.namespace == SPIFF and name.localname in {"property", "parameter"}:
        yield f"{name.localname}:{xml.get('name') or xml.get('id')}", xml.get("value") or ""
        return
    through = name.localname in {"extensionElements", "properties", "parameters"}
    here = place if through else f"{place}/{name.localname}".removeprefix("/")
    text = text_of(xml)
    if text:
        yield here, text
    for attribute, value in xml.attrib.items():
        local = etree.QName(attribute).localname
        if local not in {"id", "type"} or (name.localname == "serviceTaskOperator" and local == "id"):
            yield f"{here}@{local}", str(value)
    if not text and not xml.attrib and not len(xml) and not through:
        yield here, "✓"
    if name.localname.endswith("EventDefinition") and not text and not len(xml):
        yield here, "✓"
    for each in xml:
        yield from _inside(each, "" if through else here)


def _decided(path: str, content: bytes) -> Iterator[Thing]:
    for table in read_tables(path, content)[0]:
        title = _split(table.name)
        columns = {f"input:{each.label}": each.expression for each in table.inputs}
        columns |= {f"output:{each.name}": each.type for each in table.outputs}
        order = " ".join(rule.id for rule in table.rules) if table.hit_policy == "FIRST" else ""
        yield Thing(
            table.id, TABLE, title, {"hitPolicy": table.hit_policy, **columns, **({"order": order} if order else {})}
        )
        for at, rule in enumerate(table.rules, 1):
            cells = {
                f"input:{column.label}": test.text or "-"
                for column, test in zip(table.inputs, rule.tests, strict=False)
            }
            cells |= {
                f"output:{column.name}": cell.text for column, cell in zip(table.outputs, rule.outputs, strict=False)
            }
            yield Thing(rule.id, ROW, Text(str(at), str(at)), cells)


def _split(name: str) -> Text:
    english, _, chinese = name.partition(" / ")
    return Text(english, chinese)


def _asked(path: str, content: bytes) -> Iterator[Thing]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - of the file, not of an argument
    is_ui = path.endswith(".ui.json")
    whole: dict[str, str] = {}
    fields = {} if is_ui else dict(_fields(found, ""))
    for name, value in found.items():
        if is_ui and not name.startswith("ui:") and isinstance(value, dict):
            fields[name] = (value, "")
        elif is_ui or name not in {"properties", "allOf", "required", "dependentSchemas", "if", "then", "else"}:
            whole[name] = _text(value)
    required = set(found.get("required", [])) if isinstance(found.get("required"), list) else set()
    yield Thing(path, FORM, words_of(found, "title") if not is_ui else Text("", ""), whole)
    for name, (schema, condition) in fields.items():
        facets = {key: _text(value) for key, value in schema.items()}
        if name in required:
            facets["required"] = "✓"
        if condition:
            facets["asked if"] = condition
        yield Thing(
            f"field:{name}", FIELD, words_of(schema, "title") if schema.get("title") else Text(name, name), facets
        )


def _fields(schema: Mapping[str, Any], condition: str) -> Iterator[tuple[str, tuple[Mapping[str, Any], str]]]:
    """Yield each field with what is said of it and the condition under which it is asked."""
    for part in schema.get("allOf", []) if isinstance(schema.get("allOf"), list) else []:
        if isinstance(part, dict):
            asked = _text(part.get("if", {}))
            for branch, words in (("then", asked), ("else", f"not {asked}")):
                if isinstance(part.get(branch), dict):
                    yield from _fields(part[branch], words)
    for name, depending in schema.get("dependentSchemas", {}).items():
        if isinstance(depending, dict):
            yield from _fields(depending, name)
    for name, each in schema.get("properties", {}).items():
        if isinstance(each, dict) and each:
            yield name, (each, condition)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


_READERS = {"bpmn": _drawn, "dmn": _decided, "json": _asked}
