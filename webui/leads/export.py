"""Leads as a CSV file, headings in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext

from engine.text import Text
from handlers.lead.records import Lead
from handlers.lead.statuses import STATUSES
from webui.forms.amounts import in_wan
from webui.leads.words import MATURITIES
from webui.spreadsheet import table
from webui.words import word


def as_csv(
    leads: Iterable[Lead], units: Mapping[int, str], people: Mapping[int, str], channels: Mapping[str, Text]
) -> str:
    """Return one row for each lead; amounts in 万元."""
    headings = [
        gettext("Number"), gettext("Status"), gettext("Title"), gettext("Customer"), gettext("Unit"),
        gettext("Owner"), gettext("AR"), gettext("Submitter"), gettext("Amount, 10,000 yuan"), gettext("Grade"),
        gettext("Score"), gettext("Maturity"), gettext("Channel"), gettext("Nurturing step"), gettext("Created"),
        gettext("Last activity"),
    ]  # fmt: skip
    rows = [
        [
            lead.number or "",
            word(STATUSES, lead.status),
            lead.title,
            lead.customer_name,
            units.get(lead.unit_id or 0, ""),
            people.get(lead.owner_id or 0, ""),
            people.get(lead.co_owner_id or 0, ""),
            people.get(lead.submitter_id or 0, ""),
            in_wan(lead.amount),
            lead.grade or "",
            "" if lead.score is None else str(lead.score),
            word(MATURITIES, lead.maturity),
            word(channels, lead.channel),
            str(lead.nurturing_step or ""),
            lead.created_at.date().isoformat(),
            lead.last_activity_at.date().isoformat(),
        ]
        for lead in leads
    ]
    return table(headings, rows)
