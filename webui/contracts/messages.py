"""What people may ask for on the page of a contract: a change, a risk, a dispute, an early end."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.directory import OVERSEERS, Actor
from engine.errors import NotAllowed, NotFound
from engine.instances import operations as instances
from engine.text import Text
from handlers.contract import queries
from handlers.contract.records import Contract
from webui.attempts import attempt
from webui.cases.access import case_of
from webui.contracts.pages import blueprint
from webui.i18n import say
from webui.runtime import current_actor, reading, room


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to ask for. ``starts``: a case of its own begins, otherwise the case of the contract hears of it.

    ``roles``: of which a person must be, on the team or by office; ``statuses``: when it makes sense.
    """

    message: str
    label: Text
    explains: Text
    icon: str
    roles: frozenset[str]
    statuses: frozenset[str]
    starts: bool = True


LIVING = frozenset({"SIGNED", "HANDOVER", "HANDOVER_REJECTED", "HANDED_OVER", "EXECUTING"})
TEAM = frozenset({"ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm"})
OFFICE = frozenset({"contract_mgr", "sales_mgmt", "sales_manager", "legal"})

ACTS = MappingProxyType(
    {
        "change": Act(
            "change.requested",
            Text("Request a change", "申请变更"),
            Text(
                "A change begins with a request that the contract manager fills in; it is assessed in four dimensions "
                "and decided. Until then the contract stays as it is.",
                "将启动一次合同变更：先由合同经理填写变更申请，再做四维评估并决策。批准之前，合同按原约定执行。",
            ),
            "edit",
            TEAM | OFFICE | {"finance"},
            LIVING,
        ),
        "risk": Act(
            "risk.raised",
            Text("Raise a risk", "登记风险"),
            Text(
                "The risk is rated by probability and effect and reviewed every month; from 15 points on it goes to "
                "the decision team.",
                "风险按概率与影响评分，每月复核；15 分及以上升级到决策团队。",
            ),
            "warning",
            TEAM | OFFICE | {"finance", "qa", "pmo"},
            LIVING | {"COMPLETED"},
        ),
        "dispute": Act(
            "dispute.opened",
            Text("Open a dispute", "发起争议"),
            Text(
                "The team has ten working days to settle it, then commercial-legal twenty, then the decision team. The "
                "milestones named in it are held up.",
                "团队先协商 10 个工作日，未解决转商法 20 个工作日，再提交决策团队；涉及的里程碑将暂停。",
            ),
            "people",
            TEAM | OFFICE,
            LIVING | {"COMPLETED", "TERMINATED"},
        ),
        "terminate": Act(
            "contract.terminate",
            Text("Ask for an early end", "申请提前终止"),
            Text(
                "The contract manager reports on the early end and the decision team decides. Nothing stops before "
                "that decision.",
                "将由合同经理提交终止报告，由决策团队决策；决策之前一切照常履行。",
            ),
            "leave",
            frozenset({"ar", "contract_mgr", "sales_mgmt", "sales_manager"}),
            LIVING,
            starts=False,
        ),
    }
)
"""What may be asked for, by the name in the address (`ltc.md` C2.3 to C2.5)."""


def may(act: Act, contract: Contract, actor: Actor) -> bool:
    """Whether somebody who sees the contract may ask for this: by the team, or by office."""
    if actor.roles & OVERSEERS or actor.roles & act.roles & OFFICE:
        return True
    on_team = {role for role in TEAM if getattr(contract, f"{role}_id") == actor.user_id}
    return bool(act.roles & (on_team | (actor.roles - TEAM)))


def offered(contract: Contract, actor: Actor) -> dict[str, Act]:
    """Return what the person may ask for now."""
    return {
        name: act for name, act in ACTS.items() if contract.status in act.statuses and may(act, contract, actor)
    }  # fmt: skip


@blueprint.get("/<int:contract_id>/ask/<name>")
def confirm(contract_id: int, name: str) -> str:
    """Say what will happen, and ask once more."""
    with reading() as db:
        contract, act = _asked(db, contract_id, name)
    return render_template("contracts/ask.html", contract=contract, act=act, name=name)


@blueprint.post("/<int:contract_id>/ask/<name>")
def ask(contract_id: int, name: str) -> Response:
    """Ask for it; lead the person to the first task when it is theirs."""
    actor = current_actor()
    with reading() as db:
        contract, act = _asked(db, contract_id, name)
    with attempt(message=act.message, business_key=contract.number) as db:
        main = case_of(db, "contract", contract_id, ["contract"])
        data = {"record_id": contract.id, "unit_id": contract.unit_id, "contract_number": contract.number}
        done = instances.message(
            db, act.message, None if act.starts else contract.number, data if act.starts else {},
            by=actor, room=room(), sender_id=main.id if main is not None and act.starts else None,
        )  # fmt: skip
    following = done.next_for(actor)
    if following is not None:
        flash(gettext("Begun. This is the next step."), "done")
        return redirect(url_for("tasks.show", work_item_id=following))
    flash(gettext("%(what)s: it has begun. Whoever is next finds it in the inbox.", what=say(act.label)), "done")
    return redirect(url_for("contracts.show", contract_id=contract_id))


def _asked(db: Session, contract_id: int, name: str) -> tuple[Contract, Act]:
    contract = queries.visible(db, contract_id, current_actor())
    act = ACTS.get(name)
    if act is None:
        raise NotFound(contract=contract_id, act=name)
    if not may(act, contract, current_actor()):
        raise NotAllowed(contract=contract_id, act=name)
    return contract, act
