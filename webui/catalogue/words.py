"""The catalogue from which the designer fills its lists: what a diagram may name, each in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from engine.forms import text_of
from engine.interpreter.drawing import read_drawing
from engine.interpreter.iso_time import DEFAULT_ZONE
from engine.interpreter.release import Release
from engine.interpreter.tables import read_tables
from engine.interpreter.xml import BPMN, XmlRefused, read
from engine.service_tasks import ServiceTask
from engine.text import Text
from handlers import vocabulary

Words = dict[str, Any]

FORMS = "forms/"
SCHEMA, UI = ".schema.json", ".ui.json"


def catalogue(files: Mapping[str, bytes], tasks: Mapping[str, ServiceTask]) -> Words:
    """Return everything that the diagrams among ``files`` may name; files that cannot be read are left out."""
    return {
        "handlers": [_handler(each) for _, each in sorted(tasks.items())],
        "forms": list(_forms(files)),
        "decisions": list(_decisions(files)),
        **_drawn(files),
        "roles": [{"key": key, "label": both(words)} for key, words in vocabulary.roles().items()],
        "statuses": {
            kind: [{"key": key, "label": both(words)} for key, words in known.items()]
            for kind, known in vocabulary.statuses().items()
        },
    }


def both(words: Text) -> dict[str, str]:
    """Return a phrase in both languages."""
    return {"en": words.en or words.zh, "zh_CN": words.zh or words.en}


def _handler(task: ServiceTask) -> Words:
    return {
        "id": task.id,
        "label": both(task.label),
        "help": both(task.help),
        "transactional": task.transactional,
        "parameters": _fields(task.given),
        "results": [] if task.result is None else _fields(task.result),
    }


def _fields(model: type[BaseModel]) -> list[Words]:
    schema = model.model_json_schema()
    needed = set(schema.get("required", []))
    return [
        {"required": name in needed, **_field(name, each, schema.get("$defs", {}))}
        for name, each in schema.get("properties", {}).items()
    ]


def _field(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Words:
    said = Text(str(schema.get("title", name)), str(schema.get("x-title-zh", "")))
    told = Text(str(schema.get("description", "")), str(schema.get("x-description-zh", "")))
    kinds = list(_kinds(schema, definitions))
    choices = [value for each in kinds for value in each.get("enum", [each["const"]] if "const" in each else [])]
    types = [str(each.get("format") or each.get("type")) for each in kinds if each.get("type") != "null"]
    return {
        "name": name,
        "label": both(said),
        "help": both(told),
        "type": types[0] if len(set(types)) == 1 else "any",
        "optional": any(each.get("type") == "null" for each in kinds),
        "choices": [{"value": each, "label": both(Text(str(each), ""))} for each in choices],
        "default": schema.get("default"),
        "minimum": _limit(kinds, "minimum"),
        "maximum": _limit(kinds, "maximum"),
    }


def _kinds(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the alternatives of a field: ``str | None`` has two."""
    if "$ref" in schema:
        yield from _kinds(definitions.get(str(schema["$ref"]).rpartition("/")[2], {}), definitions)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _kinds(each, definitions)
    else:
        yield schema


def _limit(kinds: Iterable[Mapping[str, Any]], which: str) -> float | int | None:
    return next((each[which] for each in kinds if which in each), None)


def _forms(files: Mapping[str, bytes]) -> Iterator[Words]:
    for path, content in sorted(files.items()):
        if not path.startswith(FORMS) or not path.endswith(SCHEMA):
            continue
        schema = _json(content)
        if schema is None:
            continue
        name = path.removeprefix(FORMS).removesuffix(SCHEMA)
        yield {
            "name": name,
            "schema": name + SCHEMA,
            "ui": name + UI if f"{FORMS}{name}{UI}" in files else "",
            "title": both(text_of(schema, "title")),
            "fields": [_question(field, each) for field, each in asked(schema)],
        }


def _question(name: str, schema: Mapping[str, Any]) -> Words:
    """Return one question of a form: a condition on its field knows from here the unit, and what may be chosen."""
    offered = schema.get("oneOf")
    return {
        "name": name,
        "label": both(text_of(schema, "title")),
        "type": schema.get("type", "any"),
        "unit": schema.get("x-unit", ""),
        "choices": [
            {"value": each["const"], "label": both(text_of(each, "title"))}
            for each in (offered if isinstance(offered, list) else [])
            if isinstance(each, Mapping) and "const" in each
        ],
    }


def asked(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every field of a form, those that are only asked under a condition too."""
    fields: dict[str, Mapping[str, Any]] = {}
    waiting: list[Any] = [schema]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Mapping):
            found = part.get("properties")
            for name, each in found.items() if isinstance(found, Mapping) else ():
                if isinstance(each, Mapping) and ("title" in each or "type" in each):
                    fields.setdefault(name, each)
            waiting += [part.get(word) for word in ("then", "else")]
            waiting += part["allOf"] if isinstance(part.get("allOf"), list) else []
            dependent = part.get("dependentSchemas")
            waiting += dependent.values() if isinstance(dependent, Mapping) else []
    yield from fields.items()


def _decisions(files: Mapping[str, bytes]) -> Iterator[Words]:
    for path, content in sorted(files.items()):
        if path.endswith(".dmn"):
            for table in read_tables(path, content)[0]:
                yield {
                    "id": table.id,
                    "name": table.name,
                    "file": path,
                    "inputs": [
                        {"label": each.label, "expression": each.expression, "type": each.type} for each in table.inputs
                    ],
                    "outputs": [{"name": each.name, "type": each.type} for each in table.outputs],
                }


def _drawn(files: Mapping[str, bytes]) -> Words:
    drawings = []
    for path, content in sorted(files.items()):
        if path.endswith(".bpmn"):
            try:
                drawings.append(read_drawing(path, read(path, content, (BPMN,))))
            except XmlRefused:
                continue
    release = Release(drawings, {}, {}, {}, DEFAULT_ZONE)
    processes = release.processes
    return {
        "processes": [
            {
                "id": each.id,
                "label": both(Text(each.name or each.id, each.label_zh)),
                "file": each.file,
                "record": each.properties.get("record", ""),
            }
            for each in processes
        ],
        "messages": sorted(
            {each.get("name") or "" for drawing in drawings for each in drawing.declared("message").values()} - {""}
        ),
        "errors": sorted(
            {each.get("errorCode") or "" for drawing in drawings for each in drawing.declared("error").values()} - {""}
        ),
    }


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
