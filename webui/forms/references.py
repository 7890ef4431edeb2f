"""What a reference field offers: people, customers, units, leads; and refusing whatever it does not offer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidAnswers, NotFound
from engine.forms import Choice, Field, Schema, fields_of
from engine.text import Text
from handlers.customer import queries as customers
from handlers.lead import queries as leads
from handlers.lead.records import Lead
from handlers.organisation import queries as organisation
from handlers.organisation.records import OrgUnit, RoleHolding, User
from webui.runtime import room

MOST_OFFERED = 500
CUSTOMERS_OFFERED = 50
LEADS_OFFERED = 200


def offered(
    session: Session,
    fields: tuple[Field, ...],
    actor: Actor,
    answers: Mapping[str, Any],
    *,
    of_lead: int | None = None,
) -> dict[str, list[Choice]]:
    """Return the choices of each reference field by name, of a column by ``table.column``.

    What was answered before is always offered again, so that opening a form changes no answer. A customer may also be
    typed freely. ``of_lead`` is the lead that the form is about: others of its customer are offered first.
    """
    choices: dict[str, list[Choice]] = {}
    for path, field, given in _references(fields, answers):
        if path not in choices:
            choices[path] = _choices(session, field, actor, of_lead)
        known = {choice.value for choice in choices[path]}
        for value in given:
            if isinstance(value, int) and value not in known and _exists(session, field, value):
                choices[path].append(_named(session, field, value, actor))
    return choices


def _references(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> Iterator[tuple[str, Field, list[Any]]]:
    for field in fields:
        value = answers.get(field.name)
        if field.kind == "reference":
            yield field.name, field, [value]
        for column in field.fields:
            if column.kind == "reference":
                rows = value if isinstance(value, list) else []
                yield f"{field.name}.{column.name}", column, [row.get(column.name) for row in rows]


def _choices(session: Session, field: Field, actor: Actor, of_lead: int | None) -> list[Choice]:
    kind = str(field.schema["x-reference"])
    if kind == "user":
        now = room().clock.now()
        found = organisation.users(session, now=now, role=field.schema.get("x-role"), limit=MOST_OFFERED)
        return [Choice(each.id, Text(each.name_en or each.name_zh, each.name_zh or each.name_en)) for each in found]
    if kind == "unit":
        return [Choice(each.id, Text(each.name_en, each.name_zh)) for each in organisation.units(session)]
    if kind == "customer":
        found_customers = customers.search(session, "", limit=CUSTOMERS_OFFERED)
        return [Choice(each.name, Text(each.name, each.name)) for each in found_customers]
    if kind == "lead":
        return [_lead_choice(each) for each in _leads(session, actor, of_lead)]
    return []


def _leads(session: Session, actor: Actor, of_lead: int | None) -> list[Lead]:
    """Return leads to choose from: those of the same customer, then the newest; never the lead itself."""
    found = leads.listing(session, actor, size=LEADS_OFFERED).leads
    own = leads.get(session, of_lead) if of_lead is not None else None
    if own is not None and own.customer_name:
        same = leads.Wanted(search=own.customer_name)
        found = [*leads.listing(session, actor, same, size=LEADS_OFFERED).leads, *found]
    return [each for each in dict.fromkeys(found) if each.number and each is not own]


def _lead_choice(lead: Any) -> Choice:
    words = f"{lead.number} {lead.label}"
    return Choice(lead.id, Text(words, words))


def _named(session: Session, field: Field, value: int, actor: Actor) -> Choice:
    kind = field.schema["x-reference"]
    if kind == "user":
        user = organisation.user(session, value)
        return Choice(value, Text(user.name_in("en"), user.name_in("zh_CN")))
    if kind == "lead":
        lead = leads.get(session, value)
        if _sees(session, value, actor):
            return _lead_choice(lead)
        return Choice(value, Text(lead.number or str(value), lead.number or str(value)))
    unit = organisation.unit(session, value)
    return Choice(value, Text(unit.name_en, unit.name_zh))


def _exists(session: Session, field: Field, value: int) -> bool:
    record = {"user": User, "lead": Lead, "unit": OrgUnit}[field.schema["x-reference"]]
    return session.get(record, value) is not None


def _sees(session: Session, lead_id: int, actor: Actor) -> bool:
    try:
        leads.visible(session, lead_id, actor)
    except NotFound:
        return False
    return True


def check_references(
    session: Session, schema: Schema, answers: Mapping[str, Any], actor: Actor, *, proposed: Collection[Any] = ()
) -> None:
    """Refuse answers that name somebody or something that the form does not offer.

    A person must be active and hold the role that the field asks for; a lead must be one that ``actor`` may see. What
    the case itself ``proposed`` may always be taken. Raises ``InvalidAnswers`` with ``choice`` at each such field.
    """
    errors: dict[str, list[str]] = {}
    for field in fields_of(schema, {}, answers):
        for path, reference, value in _given(field, answers.get(field.name)):
            if not isinstance(value, int) or isinstance(value, bool) or value in proposed:
                continue
            if not _may(session, reference, value, actor):
                errors[path] = ["choice"]
    if errors:
        raise InvalidAnswers(errors)


def _given(field: Field, value: Any) -> Iterator[tuple[str, Field, Any]]:
    if field.kind == "reference":
        yield field.name, field, value
    elif field.kind == "table" and isinstance(value, list):
        for number, row in enumerate(value):
            for column in field.fields:
                if column.kind == "reference" and isinstance(row, Mapping):
                    yield f"{field.name}.{number}.{column.name}", column, row.get(column.name)


def _may(session: Session, field: Field, value: int, actor: Actor) -> bool:
    kind = field.schema["x-reference"]
    if kind == "lead":
        return _sees(session, value, actor)
    if kind != "user":
        return _exists(session, field, value)
    question = sa.select(User.id).where(User.id == value, User.active)
    role = field.schema.get("x-role")
    if role is not None:
        held = sa.and_(RoleHolding.user_id == User.id, RoleHolding.role == role)
        question = question.where(sa.exists().where(held, organisation.valid_at(room().clock.now())))
    return session.scalar(question) is not None
