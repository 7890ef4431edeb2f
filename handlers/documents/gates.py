"""What was decided at a gate, as parts of a document: every round of it, and the conditions as actions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.text import Text
from handlers.deciding import queries as deciding
from handlers.deciding.records import GATES, ActionItem, GateDecision
from handlers.documents.model import NOTHING, Moment, Part, Prose, Table, Value
from handlers.documents.parts import day, facts
from handlers.documents.sources import NO, YES, Sources

BODIES = {
    "rep": Text("Representative office", "代表处"),
    "region": Text("Region", "地区部"),
    "company": Text("Company", "公司（片联）"),
}
"""The bodies that decide (`ltc.md` D3)."""


def decisions(known: Sources, *gates: str) -> list[GateDecision]:
    """Return what was decided about the record at ``gates``, oldest first."""
    if known.decided is None:
        known.decided = deciding.decisions(known.session, known.record_type, known.record.id)
    return [each for each in known.decided if each.gate in gates]


def decided(known: Sources, *gates: str) -> list[Part]:
    """Return every round of the decisions at ``gates`` with minutes, then the conditions and what became of them."""
    found = decisions(known, *gates)
    parts: list[Part] = []
    for each in found:
        parts.append(
            facts(
                GATES[each.gate],
                (Text("Verdict", "决策结论"), _word(known, each, each.verdict)),
                (Text("Deciding body", "决策团队"), BODIES.get(each.body or "", each.body)),
                (Text("Advice of the rules", "规则建议"), _word(known, each, each.advice)),
                (
                    Text("Against the advice", "与建议不一致"),
                    YES if each.against_advice else NO if each.advice else None,
                ),
                (Text("Reason", "理由"), each.reason),
                (Text("Suspended until", "暂缓至"), day(each.until)),
                (Text("Proposed by", "提请人"), known.person(each.proposed_by)),
                (Text("Decided by", "决策人"), known.person(each.decided_by)),
                (Text("Decided at", "决策时间"), Moment(at=each.decided_at)),
            )
        )
        if each.minutes:
            parts.append(Prose(title=Text("Minutes", "决策纪要"), text=each.minutes))
    return parts + _conditions(known, found)


def _conditions(known: Sources, found: Sequence[GateDecision]) -> list[Part]:
    if not found:
        return []
    actions = known.session.scalars(
        sa.select(ActionItem).where(ActionItem.decision_id.in_([each.id for each in found])).order_by(ActionItem.id)
    ).all()
    if not actions:
        return []
    columns = (Text("Condition", "决策条件"), Text("Owner", "责任人"), Text("Due", "期限"), Text("Done", "完成"))
    rows = tuple(
        (
            each.text,
            known.person(each.owner_id),
            day(each.due_on) or NOTHING,
            Moment(at=each.done_at) if each.done_at is not None else NOTHING,
        )
        for each in actions
    )
    return [Table(title=Text("Conditions as actions", "决策条件与行动"), columns=columns, rows=rows)]


def _word(known: Sources, decision: GateDecision, code: str | None) -> Value | None:
    """Return the words for a verdict as the form of the decision has them; a code of a rule stands for itself."""
    given = known.latest(decision.element) if decision.element else None
    for question in given.fields if given is not None else ():
        for choice in question.choices:
            if choice.value == code:
                return choice.label
    return code
