"""What is known already when a contract is handed over: of the negotiation, of the customer, of earlier projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.text import Text
from handlers.contract.records import Contract, Lesson
from handlers.customer import queries as customers

LONGEST = 500
"""How many characters of one language a case carries of each."""
MOST_LESSONS = 8
KINDS = MappingProxyType(
    {"keep": Text("Keep", "坚持"), "stop": Text("Stop", "停止"), "try": Text("Try", "尝试")}
)  # fmt: skip


def negotiated(contract: Contract) -> str | None:
    """Return what was given and got in the negotiation, in both languages (`ltc.md` C1.2)."""
    rows = contract.facts.get("signed", {}).get("give_get") or []
    return _listed([_traded(row) for row in rows if row.get("used") is not False])


def _traded(row: Mapping[str, Any]) -> Text:
    en, zh = ("gave", "让") if row["direction"] == "give" else ("got", "得")
    item, at, traded_for = row["item"], row.get("stands_at"), row.get("trade_for")
    return Text(
        f"{en} {item}" + (f": {at}" if at else "") + (f" for {traded_for}" if traded_for else ""),
        f"{zh}：{item}" + (f" {at}" if at else "") + (f"（换：{traded_for}）" if traded_for else ""),
    )


def customers_people(session: Session, contract: Contract) -> str | None:
    """Return the customer's decision-makers, each with the attitude to us from -2 to +2 (`ltc.md` C1.2)."""
    if contract.customer_id is None:
        return None
    known = customers.decision_makers(session, contract.customer_id)
    said = (
        " ".join(part for part in (each.name, each.post) if part)
        + (f" ({each.attitude:+d})" if each.attitude is not None else "")
        for each in known
    )
    return _listed([Text(each, each) for each in said])


def credit(session: Session, contract: Contract) -> str:
    """Return the customer's credit rating as the package asks for it: A to D, or ``unknown`` (`ltc.md` C1.2)."""
    found = customers.credit(session, contract.customer_id) if contract.customer_id is not None else None
    return found.rating if found is not None else "unknown"


def earlier_projects(session: Session, contract: Contract) -> str | None:
    """Return what the latest projects taught, those for the same customer first (`ltc.md` C1.4, P24)."""
    others = (
        sa.select(Lesson, Contract.number)
        .join(Contract, Contract.id == Lesson.contract_id)
        .where(Lesson.contract_id != contract.id)
        .order_by(Lesson.at.desc(), Lesson.id.desc())
        .limit(MOST_LESSONS)
    )
    same = session.execute(others.where(Contract.customer_id == contract.customer_id)).all()
    rows = dict.fromkeys([*same, *session.execute(others).all()])
    return _listed([_lesson(lesson, number) for lesson, number in list(rows)[:MOST_LESSONS]])


def _lesson(lesson: Lesson, number: str) -> Text:
    kind = KINDS.get(lesson.kind, Text(lesson.kind, lesson.kind))
    return Text(f"{kind.en}: {lesson.text} ({number})", f"{kind.zh}：{lesson.text}（{number}）")


def _listed(texts: Sequence[Text]) -> str | None:
    if not texts:
        return None
    en, zh = "; ".join(each.en for each in texts), "；".join(each.zh for each in texts)
    return Text(en[:LONGEST], zh[:LONGEST]).both()
