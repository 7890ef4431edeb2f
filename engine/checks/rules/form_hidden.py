"""What must be answered can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.checks.dataflow.variants import unaskable
from engine.checks.subject import Subject
from engine.findings import Rule
from engine.forms import every_field
from engine.interpreter.report import Findings, in_file
from engine.text import Text

RULE = Rule(
    "form-hidden",
    Text("A required question that nobody can see", "必填但看不到的问题"),
    Text("The form could never be sent.", "该表单永远无法提交。"),
    Text("Show the field, or let it be optional.", "请显示该字段，或改为选填。"),
)


def find(subject: Subject) -> Findings:
    """Required fields are asked, and not hidden."""
    for name, schema in subject.release.forms.items():
        if not name.endswith(".schema.json"):
            continue
        ui = subject.release.forms.get(name.replace(".schema.json", ".ui.json"), {})
        asked = every_field(schema)
        key = ("unaskable", subject.release.digest_of(f"forms/{name}"))
        never = subject.release.kept.get("form", key, partial(unaskable, schema))
        for field in sorted(_required(schema)):
            said = ui.get(field, {})
            hidden = isinstance(said, Mapping) and said.get("ui:widget") == "hidden"
            if field not in asked or field in never or hidden:
                yield in_file(
                    RULE,
                    f"forms/{name}",
                    (f"{field} is required, but nobody can see it.", f"{field} 为必填，但看不到。"),
                    element=field,
                )


def _required(schema: Mapping[str, Any]) -> set[str]:
    found = set(schema.get("required", ()))
    more = [schema.get("then"), schema.get("else"), *schema.get("allOf", ())]
    for part in [*more, *schema.get("dependentSchemas", {}).values()]:
        if isinstance(part, Mapping):
            found |= _required(part)
    return found
