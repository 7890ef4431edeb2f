"""Every change to a contract as a whole: registering, taking over answers, statuses, flags, team, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InvalidInput
from engine.instances import names
from handlers import days
from handlers.contract import answers as fields
from handlers.contract import refusals
from handlers.contract.records import Baseline, Contract, Lesson, Milestone, Obligation
from handlers.contract.signed import PlannedMilestone, PlannedObligation, SignedContract
from handlers.contract.statuses import CANCELLED, FINAL, FLAGS, PLANNED, STATUSES
from handlers.customer import operations as customers
from handlers.numbering import next_number

SERIES = "CT"
DELIVERY_SERIES = "DP"
REGISTERED_TERMS = "registered_terms"
"""Under which name a contract keeps with what its key terms were compared."""
PEOPLE = ("ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm")
"""The members of a contract's team that have a column, by their key in the case's team."""


class UnknownStatus(InvalidInput):
    """A contract has no such status."""


def register_contract(session: Session, given: SignedContract, *, by: Actor, now: datetime) -> Contract:
    """Register a signed contract with its milestones, obligations and first baseline; return it.

    Once per opportunity: asked again, the same contract is returned. Raises ``RuleRefused`` when the milestones do
    not add up to the contract, and for a day of signing that has not come (`ltc.md` O4.2f, C1.2).
    """
    days.check_happened("signed_on", given.signed_on, days.today_of(session, now))
    if given.opportunity_id is not None:
        known = session.scalar(sa.select(Contract).where(Contract.opportunity_id == given.opportunity_id))
        if known is not None:
            return known
    customer_id = given.customer_id
    if customer_id is None:
        customer_id = customers.ensure(session, given.customer, now=now, unit_id=given.unit_id).id
    contract = Contract(
        number=given.number or next_number(session, SERIES, now=now),
        status="SIGNED",
        status_since=now,
        version=1,
        opportunity_id=given.opportunity_id,
        name=given.name,
        customer_id=customer_id,
        customer_name=given.customer,
        unit_id=given.unit_id,
        amount=given.amount,
        margin_percent=given.margin_percent,
        planned_cost=given.planned_cost,
        strategic=given.strategic,
        deviations=given.deviations,
        body=given.body,
        signed_on=given.signed_on,
        delivery_on=given.delivery_on,
        warranty_months=given.warranty_months,
        penalty_cap=given.penalty_cap,
        facts={"signed": dict(given.model_extra or {})} if given.model_extra else {},
        created_at=now,
        created_by=by.user_id,
        **{f"{key}_id": getattr(given, f"{key}_id") for key in PEOPLE},
    )
    contract.search_text = search_text(contract)
    session.add(contract)
    session.flush()
    plan_milestones(session, contract, given.milestones)
    plan_obligations(session, contract, given.obligations)
    keep_baseline(session, contract, change_id=None, by=by, now=now)
    return contract


def search_text(contract: Contract) -> str:
    """Return what a search looks in: number, name, customer, in lower case."""
    return f"{contract.number} {contract.name} {contract.customer_name}".casefold()


def change_customer(session: Session, contract: Contract, name: str, *, now: datetime) -> None:
    """Let the customer called ``name`` be the party of ``contract`` from now on; its cases are called so as well.

    Who was the customer stays in the baselines (`ltc.md` C2.3).
    """
    former, customer = contract.label, customers.ensure(session, name, now=now, unit_id=contract.unit_id)
    contract.customer_id, contract.customer_name = customer.id, customer.name
    contract.search_text = search_text(contract)
    session.flush()
    names.rename(session, "contract", contract.id, former, contract.label)


def plan_milestones(session: Session, contract: Contract, planned: Sequence[PlannedMilestone]) -> list[Milestone]:
    """Put ``planned`` in the place of all milestones, none of which may have begun; return them, numbered from 1.

    Percentages become fen, the last milestone takes what rounding left. Without any, everything is due at delivery.
    Raises ``RuleRefused`` when they do not add up, or when one has begun.
    """
    known = session.scalars(sa.select(Milestone).where(Milestone.contract_id == contract.id)).all()
    for each in known:
        if each.status != PLANNED:
            raise refusals.milestone_running(each.no)
        session.delete(each)
    session.flush()
    if not planned:
        everything = PlannedMilestone(
            name=contract.name, planned_on=contract.delivery_on or contract.signed_on, amount=contract.amount
        )
        planned = [everything]
    made = [
        Milestone(contract_id=contract.id, no=no, amount=amount, status=PLANNED, baseline=contract.version, facts={},
                  **_planned_columns(each))
        for no, (each, amount) in enumerate(zip(planned, _amounts(contract.amount, planned), strict=True), 1)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def _planned_columns(planned: PlannedMilestone) -> dict[str, Any]:
    return planned.model_dump(exclude={"amount", "percent"})


def _amounts(total: int, planned: Sequence[PlannedMilestone]) -> list[int]:
    amounts = [
        each.amount if each.amount is not None else total * (each.percent or 0) // 100 for each in planned
    ]  # fmt: skip
    by_percent = [index for index, each in enumerate(planned) if each.amount is None]
    rest = total - sum(amounts)
    if by_percent and 0 < rest < len(by_percent):
        amounts[by_percent[-1]] += rest
        rest = 0
    if rest:
        raise refusals.milestones_do_not_add_up(total, total - rest)
    return amounts


def plan_obligations(session: Session, contract: Contract, planned: Sequence[PlannedObligation]) -> None:
    """Put ``planned`` in the place of all obligations that are still open, numbered on (`ltc.md` C1.2)."""
    known = session.scalars(sa.select(Obligation).where(Obligation.contract_id == contract.id)).all()
    last = max((each.no for each in known if each.status != "OPEN"), default=0)
    for each in known:
        if each.status == "OPEN":
            session.delete(each)
    session.flush()
    session.add_all(
        Obligation(contract_id=contract.id, no=no, status="OPEN", **each.model_dump())
        for no, each in enumerate(planned, last + 1)
    )
    session.flush()


def keep_baseline(session: Session, contract: Contract, *, change_id: int | None, by: Actor, now: datetime) -> None:
    """Remember what is agreed as the version that ``contract`` has now; a version is never written again."""
    if session.get(Baseline, (contract.id, contract.version)) is not None:
        return
    milestones = session.scalars(
        sa.select(Milestone).where(Milestone.contract_id == contract.id).order_by(Milestone.no)
    ).all()
    session.add(
        Baseline(
            contract_id=contract.id,
            version=contract.version,
            change_id=change_id,
            customer_name=contract.customer_name,
            amount=contract.amount,
            delivery_on=contract.delivery_on,
            milestones=[
                {
                    "no": each.no,
                    "name": each.name,
                    "planned_on": each.planned_on.isoformat(),
                    "amount": each.amount,
                    "payment_days": each.payment_days,
                    "status": each.status,
                }
                for each in milestones
            ],
            at=now,
            by_id=by.user_id,
        )
    )
    session.flush()


def replace_baseline(session: Session, contract: Contract, *, by: Actor, now: datetime) -> None:
    """Write the baseline of the present version anew: what signing registered was corrected before work began."""
    known = session.get(Baseline, (contract.id, contract.version))
    if known is not None:
        session.delete(known)
        session.flush()
    keep_baseline(session, contract, change_id=None, by=by, now=now)


def absorb(
    session: Session,
    contract: Contract,
    element: str,
    answers: Mapping[str, Any],
    emptied: AbstractSet[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Take over what was answered and ``emptied`` at ``element`` (see :mod:`handlers.contract.answers`).

    Raises ``InvalidAnswers``, and ``RuleRefused`` for a day that cannot be.
    """
    days.check(session, answers, now=now)
    fields.take_over(contract, element, answers, emptied, by=by)
    session.flush()


def set_status(session: Session, contract: Contract, status: str, *, now: datetime) -> None:
    """Give ``contract`` the status that the diagram names; raises ``UnknownStatus``.

    A contract in execution stays there when its hand-over, which a waiver let run beside it, comes to its end.
    """
    if status not in STATUSES:
        raise UnknownStatus(status=status)
    beside = contract.status == "EXECUTING" and status in {"HANDOVER", "HANDED_OVER", "HANDOVER_REJECTED"}
    if status == "HANDED_OVER" and contract.handed_over_at is None:
        contract.handed_over_at = now
    if status != contract.status and not beside:
        contract.status, contract.status_since = status, now
    contract.ended_at = (contract.ended_at or now) if contract.status in FINAL else None
    session.flush()


def set_flag(session: Session, contract: Contract, flag: str, *, up: bool) -> None:
    """Raise or lower a flag of ``contract``; raises ``InvalidInput`` for an unknown one."""
    if flag not in FLAGS:
        raise InvalidInput(flag=flag)
    setattr(contract, flag, up)
    session.flush()


def set_team(session: Session, contract: Contract, team: Mapping[str, int]) -> None:
    """Remember who holds which role in the case of ``contract``."""
    for key in PEOPLE:
        if key in team:
            setattr(contract, f"{key}_id", team[key])
    session.flush()


def open_delivery(session: Session, contract: Contract, *, now: datetime) -> str:
    """Open the delivery project of ``contract``, once; return its number (`ltc.md` C1.7)."""
    if contract.delivery_number is None:
        contract.delivery_number = next_number(session, DELIVERY_SERIES, now=now)
        session.flush()
    return contract.delivery_number


def reject_handover(session: Session, contract: Contract) -> int:
    """Count a rejected hand-over: liability stays with sales; return how many there were (`ltc.md` C1.6)."""
    contract.handover_rejections += 1
    session.flush()
    return contract.handover_rejections


def add_questions(
    session: Session, contract: Contract, rows: Sequence[Mapping[str, Any]], *, role: str, by_id: int | None
) -> int:
    """Keep the questions that a reader of the package asked; return how many there are by now (`ltc.md` C1.3)."""
    asked = contract.facts.get("questions", [])
    asked = [*asked, *({**row, "role": role, "by": by_id} for row in rows)]
    contract.facts = {**contract.facts, "questions": asked}
    session.flush()
    return len(asked)


def keep_mismatches(
    session: Session, contract: Contract, differing: Mapping[str, Mapping[str, Any]], *, known: Mapping[str, Any]
) -> None:
    """Keep where the key terms were read unlike, round by round, and what was registered then (`ltc.md` C1.5)."""
    rounds = [*contract.facts.get("mismatches", []), {term: dict(by) for term, by in differing.items()}]
    contract.facts = {**contract.facts, "mismatches": rounds, REGISTERED_TERMS: dict(known)}
    session.flush()


def start_early(session: Session, contract: Contract) -> None:
    """Remember that work began before the hand-over, by a written waiver (`ltc.md` C1)."""
    contract.started_early = True
    session.flush()


def mark_handover_late(session: Session, contract: Contract) -> None:
    """Remember that the hand-over was not accepted in time."""
    contract.handover_late = True
    session.flush()


def terminate(session: Session, contract: Contract, *, reason: str, on: date) -> None:
    """Remember why and when ``contract`` ended before its time; what was not delivered is taken out (`C2.5`)."""
    contract.termination_reason, contract.terminated_on = reason, on
    undelivered = sa.select(Milestone).where(Milestone.contract_id == contract.id, Milestone.status == PLANNED)
    for each in session.scalars(undelivered):
        contract.taken_out += each.open_amount
        each.status = CANCELLED
    session.flush()


def ask_satisfaction(session: Session, contract: Contract, *, on: date) -> None:
    """Remember when the customer was asked how satisfied it is (`ltc.md` C3.3)."""
    contract.satisfaction_asked_on = on
    session.flush()


SCORES = ("score_product", "score_delivery", "score_service", "score_interface", "score_overall")


def answer_satisfaction(session: Session, contract: Contract, scores: Mapping[str, int] | None) -> None:
    """Remember the customer's scores, 1 to 10 each; ``None`` means that no answer came in time (`ltc.md` C3.3)."""
    contract.satisfaction_answered = scores is not None
    for name in SCORES:
        setattr(contract, name, None if scores is None else scores.get(name))
    session.flush()


def evaluate(
    session: Session,
    contract: Contract,
    *,
    actual_cost: int,
    penalties: int,
    days_late: int,
    collection_days: int | None,
    now: datetime,
) -> None:
    """Remember budget against reality (`ltc.md` C3.4); the margin is worked out of price, cost and penalties."""
    income = contract.worth - contract.written_off - contract.credited
    contract.actual_cost, contract.penalties, contract.days_late = actual_cost, penalties, days_late
    contract.collection_days, contract.evaluated_at = collection_days, now
    contract.actual_margin_percent = round(100 * (income - actual_cost - penalties) / income) if income > 0 else None
    session.flush()


def add_lessons(
    session: Session, contract: Contract, rows: Sequence[Mapping[str, Any]], *, by: Actor, now: datetime
) -> None:
    """Keep what was learnt where the next project finds it: rows with ``kind`` (keep, stop, try) and ``text``."""
    session.add_all(
        Lesson(contract_id=contract.id, kind=row["kind"], text=row["text"], at=now, by_id=by.user_id) for row in rows
    )
    session.flush()


def close(session: Session, contract: Contract, *, verdict: str, on: date) -> None:
    """Remember how and when ``contract`` was closed: ``close`` or ``open_items`` (`ltc.md` C3.2)."""
    contract.closing, contract.closed_on = verdict, on
    session.flush()
