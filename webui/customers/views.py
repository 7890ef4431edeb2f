"""The list of customers, and one customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.text import Text
from handlers.contract.statuses import STATUSES as CONTRACT_STATUSES
from handlers.customer import operations, portfolio, queries
from handlers.customer.records import GRADES
from handlers.lead.statuses import STATUSES as LEAD_STATUSES
from handlers.opportunity.statuses import STATUSES as OPPORTUNITY_STATUSES
from handlers.organisation import queries as organisation
from webui.cases.governance import today
from webui.contracts.words import TONES as CONTRACT_TONES
from webui.i18n import language
from webui.leads.words import TONES as LEAD_TONES
from webui.opportunities.words import TONES as OPPORTUNITY_TONES
from webui.runtime import current_actor, reading, room, transaction
from webui.words import depths, one_of, unit_name, word

blueprint = Blueprint("customers", __name__, template_folder="templates", url_prefix="/customers")

SIZE = 50
LONGEST_SEARCH = 100
LONGEST_PLACE = 300
STALE = timedelta(days=365)
"""A credit file older than this must be made anew before a negotiation goes on (`ltc.md` O4.1a)."""

INDUSTRIES = MappingProxyType(
    {
        "manufacturing": Text("Manufacturing", "制造"),
        "energy": Text("Energy and utilities", "能源电力"),
        "government": Text("Government and public sector", "政府与公共事业"),
        "finance": Text("Finance", "金融"),
        "telecom": Text("Telecommunications", "通信运营"),
        "transport": Text("Transport and logistics", "交通物流"),
        "retail": Text("Retail and consumer goods", "零售消费"),
        "education": Text("Education and research", "教育科研"),
        "healthcare": Text("Healthcare", "医疗健康"),
        "construction": Text("Construction and property", "建筑地产"),
        "other": Text("Other", "其他"),
    }
)
PARTS = MappingProxyType(
    {
        "economic": Text("Economic buyer", "经济决策者"),
        "technical": Text("Technical buyer", "技术决策者"),
        "user": Text("User", "使用者"),
        "procurement": Text("Procurement", "采购"),
        "coach": Text("Coach", "教练"),
        "other": Text("Other", "其他"),
    }
)
ATTITUDES = MappingProxyType(
    {
        2: Text("Supports us", "支持我方"),
        1: Text("Leans towards us", "倾向我方"),
        0: Text("Neutral", "中立"),
        -1: Text("Leans towards others", "倾向对手"),
        -2: Text("Against us", "反对我方"),
    }
)
RATING_TONES = MappingProxyType({"A": "good", "B": "info", "C": "soon", "D": "late"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for; anything unknown falls back to the usual."""

    search: str = ""
    industry: str = ""
    grade: str = ""
    unit: int | None = None
    after: str = ""

    @classmethod
    def from_address(cls) -> Asked:
        """Read the address of this request."""
        given = request.args
        return cls(
            search=given.get("q", "").strip()[:LONGEST_SEARCH],
            industry=one_of(given.get("industry"), INDUSTRIES),
            grade=one_of(given.get("grade"), GRADES),
            unit=given.get("unit", type=int),
            after=given.get("after", "")[:LONGEST_PLACE],
        )

    @property
    def wanted(self) -> portfolio.Wanted:
        """What the query is narrowed down to."""
        return portfolio.Wanted(self.search, self.unit, self.industry or None, self.grade or None)

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list down."""
        return self.wanted != portfolio.Wanted()

    def parameters(self) -> Mapping[str, Any]:
        """Return what stands in the address, usual values left out."""
        given = {
            "q": self.search,
            "industry": self.industry,
            "grade": self.grade,
            "unit": str(self.unit or ""),
            "after": self.after,
        }
        return {name: value for name, value in given.items() if value}

    def at(self, after: str = "") -> str:
        """Return the address of this list from another place on; of its beginning without one."""
        return url_for("customers.index", **replace(self, after=after).parameters())


@blueprint.get("/")
def index() -> str:
    """List the customers that the signed-in person may see."""
    asked, actor = Asked.from_address(), current_actor()
    with reading() as db:
        found = portfolio.listing(db, actor, asked.wanted, after=asked.after, size=SIZE)
        business = portfolio.business(db, [each.id for each in found.rows])
        units = {each.id: each for each in organisation.units(db)}
    return render_template(
        "customers/index.html",
        asked=asked,
        found=found,
        business=business,
        units=units,
        depths=depths(units),
        unit_name=unit_name,
        industries=INDUSTRIES,
        grades=GRADES,
        rating_tones=RATING_TONES,
        stale_before=today() - STALE,
        word=word,
    )


@blueprint.get("/<int:customer_id>")
def show(customer_id: int) -> str:
    """Show one customer."""
    actor = current_actor()
    with reading() as db:
        customer = portfolio.visible(db, customer_id, actor)
        history = queries.credit_history(db, customer_id)
        makers = queries.decision_makers(db, customer_id)
        business = portfolio.business(db, [customer_id])[customer_id]
        of_customer = portfolio.of_customer(db, customer_id, actor)
        units = {each.id: unit_name(each) for each in organisation.units(db)}
        names = organisation.names(
            db,
            {customer.graded_by, *(each.assessed_by for each in history), *(each.updated_by for each in makers)},
            language(),
        )
    return render_template(
        "customers/show.html",
        customer=customer,
        history=history,
        makers=makers,
        business=business,
        portfolio=of_customer,
        units=units,
        names=names,
        industries=INDUSTRIES,
        parts=PARTS,
        attitudes=ATTITUDES,
        rating_tones=RATING_TONES,
        grades=GRADES,
        may_grade=operations.may_grade(actor),
        is_stale=bool(history) and history[0].assessed_on < today() - STALE,
        lead_statuses=LEAD_STATUSES,
        lead_tones=LEAD_TONES,
        opportunity_statuses=OPPORTUNITY_STATUSES,
        opportunity_tones=OPPORTUNITY_TONES,
        contract_statuses=CONTRACT_STATUSES,
        contract_tones=CONTRACT_TONES,
        word=word,
    )


@blueprint.post("/<int:customer_id>/grade")
def grade(customer_id: int) -> Response:
    """Grade one customer, or take its grade back."""
    actor = current_actor()
    with transaction() as db:
        customer = portfolio.visible(db, customer_id, actor)
        operations.grade(db, customer, request.form.get("grade") or None, by=actor, now=room().clock.now())
    flash(gettext("The grade of the customer is kept."), "done")
    return redirect(url_for(".show", customer_id=customer_id))
