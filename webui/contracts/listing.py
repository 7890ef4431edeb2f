"""The list of contracts: filters, order, pages, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Response, render_template
from flask_babel import gettext

from handlers.contract import queries
from handlers.contract.records import Contract
from handlers.contract.statuses import FLAGS, STATUSES
from handlers.organisation import queries as organisation
from webui.cases.governance import today
from webui.contracts.asked import Asked
from webui.contracts.pages import blueprint
from webui.contracts.words import TONES
from webui.forms.amounts import in_wan
from webui.i18n import language, say
from webui.runtime import current_actor, reading, room
from webui.spreadsheet import file, table
from webui.words import depths, unit_name, word

SIZE = 50
MOST_EXPORTED = 5000


@blueprint.get("/")
def index() -> str:
    """List the contracts that the signed-in person may see."""
    asked, actor, now = Asked.from_address(), current_actor(), today()
    with reading() as db:
        found = queries.listing(
            db, actor, asked.wanted(now), sort=asked.sort, descending=asked.descending, after=asked.after, size=SIZE
        )  # fmt: skip
        counts = queries.counts(db, actor)
        overdue = queries.overdue_sums(db, [each.id for each in found.rows], today=now)
        people = organisation.names(db, {each.ar_id for each in found.rows}, language())
        units = {each.id: each for each in organisation.units(db)}
    return render_template(
        "contracts/index.html",
        asked=asked,
        found=found,
        counts=counts,
        total=sum(counts.values()),
        overdue=overdue,
        people=people,
        units=units,
        depths=depths(units),
        unit_name=unit_name,
        statuses=STATUSES,
        flags=FLAGS,
        tones=TONES,
        imports=may_import(actor.roles),
    )


def may_import(roles: frozenset[str]) -> bool:
    """Whether somebody may import payments: finance does."""
    return "finance" in roles


@blueprint.get("/contracts.csv")
def export() -> Response:
    """Hand out the listed contracts, all pages of them, as a CSV file that spreadsheets open as it is."""
    asked, actor, now = Asked.from_address(), current_actor(), today()
    with reading() as db:
        found = queries.listing(
            db, actor, asked.wanted(now), sort=asked.sort, descending=asked.descending, size=MOST_EXPORTED
        )  # fmt: skip
        overdue = queries.overdue_sums(db, [each.id for each in found.rows], today=now)
        units = {each.id: unit_name(each) for each in organisation.units(db)}
        people = organisation.names(
            db, {id_ for each in found.rows for id_ in (each.ar_id, each.fr_id, each.contract_mgr_id)}, language()
        )
        content = as_csv(found.rows, units, people, overdue)
    return file(content, f"contracts-{room().clock.now():%Y%m%d}.csv")


def as_csv(
    contracts: Iterable[Contract], units: Mapping[int, str], people: Mapping[int, str], overdue: Mapping[int, int]
) -> str:
    """Return one row for each contract; amounts in 万元."""
    headings = [
        gettext("Number"), gettext("Status"), gettext("Flags"), gettext("Contract"), gettext("Customer"),
        gettext("Unit"), gettext("AR"), gettext("FR"), gettext("Contract manager"),
        gettext("Amount, 10,000 yuan"), gettext("Invoiced, 10,000 yuan"), gettext("Received, 10,000 yuan"),
        gettext("Open, 10,000 yuan"), gettext("Overdue, 10,000 yuan"), gettext("Signed on"), gettext("Delivery on"),
        gettext("Baseline"),
    ]  # fmt: skip
    rows = [
        [
            each.number,
            word(STATUSES, each.status),
            "、".join(say(name) for flag, name in FLAGS.items() if getattr(each, flag)),
            each.name,
            each.customer_name,
            units.get(each.unit_id or 0, ""),
            people.get(each.ar_id or 0, ""),
            people.get(each.fr_id or 0, ""),
            people.get(each.contract_mgr_id or 0, ""),
            in_wan(each.amount),
            in_wan(each.invoiced),
            in_wan(each.paid),
            in_wan(each.open_amount),
            in_wan(overdue.get(each.id, 0)),
            each.signed_on.isoformat(),
            each.delivery_on.isoformat() if each.delivery_on else "",
            str(each.version),
        ]
        for each in contracts
    ]
    return table(headings, rows)
