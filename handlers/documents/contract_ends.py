"""The documents of a contract's changes, risks, disputes and end (`ltc.md` 2.3, C2.3 to C3)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.text import Text
from handlers.contract.queries import changes_made
from handlers.contract.records import Baseline, Contract, Risk
from handlers.contract.statuses import RISK_STATUSES
from handlers.documents.catalogue import document
from handlers.documents.contracts import KIND, contract_head, rows_of
from handlers.documents.gates import decided, decisions
from handlers.documents.model import NOTHING, Axis, Part, Radar, Table
from handlers.documents.opportunity_heads import forms
from handlers.documents.parts import day, facts, money, percent, signatures
from handlers.documents.sources import Sources

CHANGE = (
    "contract_change_request", "contract_change_waive", "contract_change_cost", "contract_change_time",
    "contract_change_legal", "contract_change_cash", "contract_change_decide", "contract_change_renegotiate",
    "contract_change_sign",
)  # fmt: skip
DISPUTE = (
    "contract_dispute_register", "contract_dispute_settle", "contract_dispute_agree", "contract_dispute_decide",
    "contract_dispute_outside",
)  # fmt: skip
SCORES = ("score_product", "score_delivery", "score_service", "score_interface", "score_overall")


def _case_by_case(known: Sources, first: str, names: Sequence[str], *gates: str) -> list[Part]:
    """Return case by case, each under its number, what was answered in these forms and decided at ``gates``."""
    keys = {each.id: each.business_key or str(each.id) for each in known.cases}
    parts: list[Part] = []
    for instance_id in dict.fromkeys(each.instance_id for each in known.every(first)):
        key = keys.get(instance_id, "")
        parts.append(facts(Text(key, key)))
        one = Sources(
            known.session, known.record_type, known.record,
            [each for each in known.given if each.instance_id == instance_id], known.names, known.cases,
            [each for each in decisions(known, *gates) if each.instance_id == instance_id],
        )  # fmt: skip
        parts += [*forms(one, names, every=True), *decided(one, *gates)]
    return parts


@document(
    "contract_change_orders",
    KIND,
    Text("Change orders", "合同变更单"),
    elements=CHANGE,
    kept_at=("ATAC", "ATCC"),
)
def change_orders(known: Sources) -> Sequence[Part]:
    """Every change: request, assessment in four dimensions, decision, supplement (C2.3)."""
    one: Contract = known.record
    return [
        contract_head(known),
        *_case_by_case(known, "contract_change_request", CHANGE, "ATAC"),
        signatures(
            (Text("For us", "我方"), known.person(one.contract_mgr_id), None),
            (Text("For the customer", "客户方"), NOTHING, None),
        ),
    ]


@document(
    "contract_risk_register",
    KIND,
    Text("Risk register", "风险登记册"),
    elements=("contract_risk_register",),
    kept_at=("ATCC",),
)
def risk_register(known: Sources) -> Sequence[Part]:
    """Every risk with probability, effect, response, owner and last review (C2.4)."""
    columns = (
        Text("No.", "序号"), Text("Risk", "风险"), Text("Probability", "概率"), Text("Effect", "影响"),
        Text("Score", "风险值"), Text("Response", "应对"), Text("Owner", "责任人"), Text("Due", "期限"),
        Text("Reviewed", "复核日期"), Text("Status", "状态"),
    )  # fmt: skip
    rows = tuple(
        (
            str(each.no), each.description, _number(each.probability), _number(each.effect), _number(each.score),
            each.response or NOTHING, known.person(each.owner_id), day(each.due_on) or NOTHING,
            day(each.reviewed_on) or NOTHING, RISK_STATUSES.get(each.status, each.status),
        )
        for each in rows_of(known, Risk, Risk.no)
    )  # fmt: skip
    table: list[Part] = [Table(title=Text("Risks", "风险"), columns=columns, rows=rows)] if rows else []
    return [contract_head(known), *table, *forms(known, ("contract_risk_respond", "contract_risk_review"), every=True)]


def _number(value: int | None) -> str:
    return NOTHING if value is None else str(value)


@document(
    "contract_dispute_file",
    KIND,
    Text("Dispute file", "争议档案"),
    elements=("contract_dispute_register",),
    kept_at=("ATCC",),
)
def dispute_file(known: Sources) -> Sequence[Part]:
    """Every dispute: claim, evidence, steps taken, settlement (C2.4)."""
    return [contract_head(known), *_case_by_case(known, "contract_dispute_register", DISPUTE)]


@document(
    "contract_closing_checklist",
    KIND,
    Text("Closing checklist and decision", "合同关闭检查单与决策"),
    elements=("contract_check_closing", "contract_propose_termination", "contract_clear_claim"),
    kept_at=("END", "GIVE_UP", "ATCC"),
)
def closing_checklist(known: Sources) -> Sequence[Part]:
    """The ten points, the decision, what is left to work off; an early end with what was still owed (C2.5 to C3.2)."""
    names = (
        "contract_propose_termination", "contract_decide_termination", "contract_check_closing",
        "contract_decide_closing", "contract_work_off",
    )  # fmt: skip
    cleared = ("contract_bill_or_let_off", "contract_clear_claim", "contract_decide_clearing")
    return [
        contract_head(known), *forms(known, names), *forms(known, cleared, every=True),
        *decided(known, "END", "GIVE_UP", "ATCC"),
    ]  # fmt: skip


@document(
    "contract_satisfaction",
    KIND,
    Text("Customer satisfaction", "客户满意度"),
    elements=("contract_ask_satisfaction", "contract_satisfaction"),
)
def satisfaction(known: Sources) -> Sequence[Part]:
    """Five scores from 1 to 10 with the customer's words (C3.3)."""
    one: Contract = known.record
    given = known.latest("contract_satisfaction")
    titles = {each.name: each.label for each in given.fields} if given is not None else {}
    picture: list[Part] = []
    if all(getattr(one, name) is not None for name in SCORES):
        axes = tuple(Axis(label=titles.get(name, Text(name, name)), value=getattr(one, name)) for name in SCORES)
        picture.append(Radar(title=Text("Scores", "评分"), axes=axes, most=10))
    return [contract_head(known), *picture, *forms(known, ("contract_ask_satisfaction", "contract_satisfaction"))]


@document(
    "contract_evaluation",
    KIND,
    Text("Contract evaluation", "合同评价"),
    elements=("contract_evaluate_money", "contract_assess"),
)
def evaluation(known: Sources) -> Sequence[Part]:
    """Budget and actual: price, cost, margin, days, changes; how the team did (C3.4)."""
    one: Contract = known.record
    signed = next(iter(rows_of(known, Baseline, Baseline.version)), None)
    compared = facts(
        Text("Planned and actual", "预算与实际"),
        (Text("Amount as signed", "签约金额"), money(signed.amount) if signed is not None else None),
        (Text("Taken out, not delivered", "取消未交付"), money(one.taken_out) if one.taken_out else None),
        (Text("Contract amount", "合同金额"), money(one.worth)),
        (Text("Changes in force", "已生效变更"), str(changes_made(known.session, one.id))),
        (Text("Paid", "已回款"), money(one.paid)),
        (Text("Written off", "已核销"), money(one.written_off) if one.written_off else None),
        (Text("Let off the customer", "已冲销或不再收取"), money(one.credited) if one.credited else None),
        (Text("Planned cost", "预算成本"), money(one.planned_cost)),
        (Text("Actual cost", "实际成本"), money(one.actual_cost)),
        (Text("Planned margin", "预算毛利率"), percent(one.margin_percent)),
        (Text("Actual margin", "实际毛利率"), percent(one.actual_margin_percent)),
        (Text("Penalties", "违约金"), money(one.penalties)),
        (Text("Days late", "逾期天数"), None if one.days_late is None else str(one.days_late)),
        (Text("Days to collect", "回款天数"), None if one.collection_days is None else str(one.collection_days)),
    )
    return [contract_head(known), compared, *forms(known, ("contract_evaluate_money", "contract_assess"), every=True)]


@document("contract_lessons", KIND, Text("Lessons learnt", "经验教训"), elements=("contract_lessons",))
def lessons(known: Sources) -> Sequence[Part]:
    """What to keep, to stop, to try, for all that come after (C3.5)."""
    return [contract_head(known), *known.answers("contract_lessons", every=True)]
