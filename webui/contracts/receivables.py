"""Receivables: open invoices, the longest overdue first, and how much money is how late."""

from __future__ import annotations

from datetime import date

from flask import render_template, request, url_for

from handlers.contract import queries
from webui.cases.governance import today
from webui.contracts.listing import may_import
from webui.contracts.pages import blueprint
from webui.contracts.words import BUCKET_TONES, BUCKETS
from webui.runtime import current_actor, reading
from webui.words import one_of

SIZE = 50
BETWEEN = "~"


@blueprint.get("/receivables")
def receivables() -> str:
    """List the open invoices that the signed-in person may see."""
    bucket = one_of(request.args.get("bucket"), BUCKETS)
    after = _place(request.args.get("after", ""))
    actor, now = current_actor(), today()
    with reading() as db:
        sums = queries.receivable_sums(db, actor, today=now)
        found = queries.receivables(db, actor, today=now, bucket=bucket or None, after=after, size=SIZE + 1)
    shown = found[:SIZE]
    following = None
    if len(found) > SIZE:
        last = shown[-1].invoice
        following = url_for(
            "contracts.receivables", bucket=bucket or None, after=f"{last.due_on.isoformat()}{BETWEEN}{last.id}"
        )  # fmt: skip
    late = sum(amount for key, (_, amount) in sums.items() if key != "not_due")
    return render_template(
        "contracts/receivables.html",
        bucket=bucket,
        buckets=BUCKETS,
        tones=BUCKET_TONES,
        sums=sums,
        widest=max(amount for _, amount in sums.values()) or 1,
        total=sum(amount for _, amount in sums.values()),
        late=late,
        found=shown,
        begun=after is not None,
        following=following,
        imports=may_import(actor.roles),
    )


def _place(after: str) -> tuple[date, int] | None:
    """Return due date and id of the last invoice of the page before; ``None`` for what no page of ours said."""
    day, between, number = after.partition(BETWEEN)
    if not between or not number.isascii() or not number.isdigit() or len(number) > len(str(2**62)):
        return None
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None
