"""Names of the fields of service tasks, in both languages, as the designer shows them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from engine.text import Text


def label(en: str, zh: str, **limits: Any) -> Any:
    """Return pydantic's field information with the name of a field in both languages, for use in ``Annotated``."""
    return Field(title=en, json_schema_extra={"x-title-zh": zh}, **limits)


def labels_of(schema: dict[str, Any]) -> dict[str, Text]:
    """Return the names of the fields of ``Model.model_json_schema()`` by field."""
    return {
        name: Text(each.get("title", name), each.get("x-title-zh", ""))
        for name, each in schema.get("properties", {}).items()
    }
