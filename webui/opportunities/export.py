"""Opportunities as a CSV file, headings in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import gettext

from handlers.opportunity.records import Opportunity
from handlers.opportunity.statuses import RESULTS, STATUSES, TIERS
from webui.cases.governance import BODIES
from webui.forms.amounts import in_wan
from webui.opportunities.words import PURCHASE_MODES, RISKS, SOURCES
from webui.spreadsheet import table
from webui.words import word


def as_csv(opportunities: Iterable[Opportunity], units: Mapping[int, str], people: Mapping[int, str]) -> str:
    """Return one row for each opportunity; amounts in 万元."""
    headings = [
        gettext("Number"), gettext("Status"), gettext("Opportunity"), gettext("Customer"), gettext("Unit"),
        gettext("Tier"), gettext("Decides"), gettext("Source"), gettext("AR"), gettext("SR"), gettext("FR"),
        gettext("Expected amount, 10,000 yuan"), gettext("Offered, 10,000 yuan"), gettext("Contract, 10,000 yuan"),
        gettext("Margin in percent"), gettext("Win estimate in percent"), gettext("Risk"), gettext("Way of purchase"),
        gettext("Decision expected"), gettext("Tender deadline"), gettext("Result"), gettext("Result on"),
        gettext("Winner"), gettext("Created"),
    ]  # fmt: skip
    rows = [
        [
            each.number,
            word(STATUSES, each.status),
            each.name,
            each.customer_name,
            units.get(each.unit_id or 0, ""),
            word(TIERS, each.tier),
            word(BODIES, each.body),
            word(SOURCES, each.source),
            people.get(each.ar_id or 0, ""),
            people.get(each.sr_id or 0, ""),
            people.get(each.fr_id or 0, ""),
            in_wan(each.expected_amount),
            in_wan(each.price_offered),
            in_wan(each.contract_amount),
            _plain(each.margin_percent),
            _plain(each.win_estimate),
            word(RISKS, each.risk_level),
            word(PURCHASE_MODES, each.purchase_mode),
            _day(each.expected_decision_on),
            _day(each.tender_deadline),
            word(RESULTS, each.result),
            _day(each.result_on),
            each.winner or "",
            each.created_at.date().isoformat(),
        ]
        for each in opportunities
    ]
    return table(headings, rows)


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()
