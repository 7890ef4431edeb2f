"""What a reference field offers: people, customers, units, leads."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine.text import Text
from handlers.customer import queries as customers
from handlers.organisation import queries as organisation
from webui.forms.schemas import Choice, Field
from webui.runtime import room

MOST_OFFERED = 500


def offered(session: Session, fields: tuple[Field, ...]) -> dict[str, list[Choice]]:
    """Return the choices of each reference field, by the field's name; a customer may also be typed freely."""
    choices: dict[str, list[Choice]] = {}
    for field in fields:
        if field.kind == "reference":
            choices[field.name] = _choices(session, str(field.schema["x-reference"]), field.schema)
        for column in field.fields:
            if column.kind == "reference":
                choices[column.name] = _choices(session, str(column.schema["x-reference"]), column.schema)
    return choices


def _choices(session: Session, kind: str, schema: Any) -> list[Choice]:
    if kind == "user":
        found = organisation.users(session, now=room().clock.now(), role=schema.get("x-role"))
        return [Choice(each.id, Text(each.name_en, each.name_zh)) for each in found]
    if kind == "unit":
        return [Choice(each.id, Text(each.name_en, each.name_zh)) for each in organisation.units(session)]
    if kind == "customer":
        found_customers = customers.search(session, "", limit=MOST_OFFERED)
        return [Choice(each.name, Text(each.name, each.name)) for each in found_customers]
    return []
