"""The documents of a lead: lead record, verification record, competitor sheet, guidance path, lead meeting minutes."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.instances.records import ProcessInstance
from engine.text import Text
from handlers.documents.catalogue import document
from handlers.documents.model import Cell, Facts, NineCells, Part, Table, Value
from handlers.documents.parts import day, facts, money, signatures
from handlers.documents.sources import Sources
from handlers.lead import queries
from handlers.lead.records import Lead, LeadMeeting
from handlers.lead.statuses import STATUSES

NURTURING = (
    "identify_pains", "interest_kdm", "acknowledge_pain", "competitive_strategy", "create_vision",
    "acknowledge_solution",
)  # fmt: skip


def head(known: Sources) -> Facts:
    """Return what identifies a lead."""
    lead: Lead = known.record
    return facts(
        None,
        (Text("Number", "线索编号"), lead.number),
        (Text("Customer", "客户"), lead.customer_name),
        (Text("Lead", "线索名称"), lead.title),
        (Text("Status", "状态"), STATUSES.get(lead.status)),
        (Text("Unit", "所属部门"), known.unit(lead.unit_id)),
        (Text("Amount", "金额"), money(lead.amount)),
        (Text("Decision expected", "预计决策时间"), day(lead.expected_decision_on)),
        (Text("Submitter", "提交人"), known.person(lead.submitter_id)),
        (Text("Lead owner", "线索责任人"), known.person(lead.owner_id)),
        (Text("Helping AR", "协同客户责任人"), known.person(lead.co_owner_id)),
        (Text("Score", "评分"), None if lead.score is None else str(lead.score)),
        (Text("Grade", "等级"), lead.grade),
    )


@document(
    "lead_record",
    "lead",
    Text("Lead record", "线索单"),
    elements=("fill_in_lead", "capture_information"),
    kept_at=("verdict", "handling"),
)
def lead_record(known: Sources) -> Sequence[Part]:
    """What was heard, what the lead is, how it was nurtured, what became of it (`ltc.md` L1, L3, L4)."""
    parts: list[Part] = [head(known)]
    for element in ("capture_information", "analyse_information", "fill_in_lead", "complete_lead", *NURTURING):
        parts += known.answers(element)
    parts += known.answers("propose_handling")
    parts += known.answers("confirm_handling")
    return parts


@document(
    "lead_verification",
    "lead",
    Text("Lead verification record", "线索验证记录"),
    elements=("screen_lead", "verify_lead"),
    kept_at=("verdict",),
)
def lead_verification(known: Sources) -> Sequence[Part]:
    """Screening, verification in depth, score, distribution (`ltc.md` L2)."""
    lead: Lead = known.record
    verified = known.latest("verify_lead")
    parts: list[Part] = [head(known)]
    for element in ("screen_lead", "verify_lead", "complete_lead", "distribute_lead", "accept_lead"):
        parts += known.answers(element, every=element == "accept_lead")
    if verified is not None:
        parts.append(
            signatures(
                (Text("Lead manager", "线索经理"), known.person(verified.by), verified.at),
                (Text("Lead owner", "线索责任人"), known.person(lead.owner_id), None),
            )
        )
    return parts


@document(
    "lead_competitors",
    "lead",
    Text("Competitor sheet of the lead", "线索竞争分析表"),
    elements=("competitive_strategy",),
    kept_at=("handling",),
)
def lead_competitors(known: Sources) -> Sequence[Part]:
    """Rivals, strategy, and what locks rivals out before the need is guided (`ltc.md` N4)."""
    return [head(known), *known.answers("competitive_strategy", every=True)]


CELLS = ("R1", "R2", "R3", "I1", "I2", "I3", "C1", "C2", "C3")


@document(
    "lead_guidance",
    "lead",
    Text("Nine-cell guidance board of the lead", "线索引导九宫格"),
    elements=("create_vision", "acknowledge_pain"),
    kept_at=("handling",),
)
def lead_guidance(known: Sources) -> Sequence[Part]:
    """Which cells of the guidance path were gone through, and the vision they led to (`ltc.md` N5)."""
    gone = {str(each).upper() for each in known.answer("create_vision", "path_cells") or ()}
    said = {
        "R1": known.answer("acknowledge_pain", "reasons"),
        "I1": known.answer("acknowledge_pain", "impact"),
        "R3": known.answer("acknowledge_pain", "words"),
        "C2": known.answer("create_vision", "capabilities_wanted"),
        "C3": known.answer("create_vision", "vision"),
    }
    done = Text("gone through", "已引导")
    cells = tuple(
        Cell(key=key, lines=(*((done,) if key in gone else ()), *((str(said[key]),) if said.get(key) else ())))
        for key in CELLS
    )
    board = NineCells(title=Text("Guidance path", "引导路径"), cells=cells)
    return [head(known), board, *known.answers("create_vision"), *known.answers("acknowledge_pain")]


@document(
    "lead_meeting_minutes", "case", Text("Minutes of the lead meeting", "线索例会纪要"), elements=("hold_meeting",)
)
def lead_meeting_minutes(known: Sources) -> Sequence[Part]:
    """The agenda of the last meeting, who was there, what was decided (`ltc.md` L2.1)."""
    case: ProcessInstance = known.record
    parts: list[Part] = [
        facts(None, (Text("Meeting", "会议"), case.label), (Text("Unit", "部门"), known.unit(case.unit_id)))
    ]
    meeting = known.session.scalar(
        sa.select(LeadMeeting).where(LeadMeeting.unit_id == case.unit_id).order_by(LeadMeeting.id.desc()).limit(1)
    )
    if meeting is not None and meeting.agenda:
        leads = {each.id: each for each in queries.with_ids(known.session, meeting.agenda)}
        rows = tuple(_agenda_row(leads[each]) for each in meeting.agenda if each in leads)
        columns = (Text("Number", "编号"), Text("Lead", "线索"), Text("Customer", "客户"), Text("Status", "状态"))
        parts.append(Table(title=Text("Agenda", "议程"), columns=columns, rows=rows))
    return [*parts, *known.answers("hold_meeting", every=True)]


def _agenda_row(lead: Lead) -> tuple[Value, ...]:
    return (lead.number or "", lead.title, lead.customer_name, STATUSES.get(lead.status, lead.status))
