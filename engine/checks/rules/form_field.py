"""The UI schema speaks of fields that there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.checks.subject import Subject
from engine.findings import Rule
from engine.forms import every_field
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "form-field",
    Text("The form's layout names an unknown field", "表单布局引用了未知字段"),
    Text(
        "It was renamed or deleted in one of the two files; the field would not be shown as meant.",
        "该字段在其中一个文件中被改名或删除，无法按预期显示。",
    ),
    Text("Correct the name in the UI schema, or delete it there.", "请在界面 Schema 中更正或删除该名称。"),
)


def find(subject: Subject) -> Findings:
    """``ui:order``, ``ui:groups`` and the entries of a UI schema, and conditions of a schema, name fields of it."""
    for name, schema in subject.release.forms.items():
        if name.endswith(".schema.json"):
            for field in sorted(_conditions_on(schema) - every_field(schema).keys()):
                said = (
                    f"A condition asks for {field}, which the form has not.",
                    f"条件引用了表单中没有的字段 {field}。",
                )
                yield in_file(RULE, f"forms/{name}", said, element=field)
    for name, ui in subject.release.forms.items():
        form = subject.release.forms.get(name.replace(".ui.json", ".schema.json"))
        if not name.endswith(".ui.json") or form is None:
            continue
        asked = every_field(form)
        for field in sorted(_named(ui) - asked.keys()):
            said = (f"The form has no field {field}.", f"表单没有字段 {field}。")
            yield in_file(RULE, f"forms/{name}", said, element=field)


def _conditions_on(schema: Mapping[str, Any]) -> set[str]:
    """Return the fields on whose answers it depends what a form asks."""
    found = {*schema.get("dependentSchemas", {}), *schema.get("dependentRequired", {})}
    for part in (schema.get("if"), schema.get("then"), schema.get("else"), *schema.get("allOf", ())):
        if isinstance(part, Mapping):
            found |= _conditions_on(part)
    asked = schema.get("if")
    if isinstance(asked, Mapping):
        found |= {*asked.get("properties", {}), *asked.get("required", ())}
    return found


def _named(ui: Mapping[str, Any]) -> set[str]:
    named = {key for key in ui if not key.startswith("ui:")}
    named |= {each for each in ui.get("ui:order", ()) if isinstance(each, str) and each != "*"}
    for group in ui.get("ui:groups", ()):
        named |= set(group.get("fields", ()))
    return named
