"""What was tried on a case and refused: written into its history although the act itself left nothing behind.

The refused act was rolled back, so the line goes in with a transaction of its own. It moves only the end of the
history: revision and state of the case stay, and a page that is open on it stays good. Whoever presses the same button
again and again is told of once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.database import transaction
from engine.directory import Actor
from engine.errors import InvalidAnswers, LtcError, NotFound, RuleRefused, StalePage, WorkItemAlreadyDone
from engine.instances.locking import INSTANCE, lock_instance, lock_item
from engine.instances.outcome import write_down
from engine.instances.records import RUNNING
from engine.journal import Happening, JournalEntry

REFUSED = "refused"
UNNOTED = (NotFound, StalePage, WorkItemAlreadyDone)
"""A stranger may not even learn of the case; a double click and a page that waited too long are no attempts."""

MOST_FIELDS = 20
LONGEST_NAME = 120


def note_attempt(
    factory: sessionmaker[Session],
    refused: LtcError,
    *,
    by: Actor,
    at: datetime,
    work_item_id: int | None = None,
    message: str | None = None,
    business_key: str | None = None,
) -> bool:
    """Write into the history of a case that ``by`` tried something which was ``refused``; return whether it was.

    Call it when the transaction of the refused act is over. The case is that of ``work_item_id``, or for a ``message``
    the one with ``business_key``: the oldest that runs, else the newest. Faults of our own are not noted.
    """
    if refused.http_status >= 500 or isinstance(refused, UNNOTED):
        return False
    with transaction(factory) as session:
        row, process_id, element = _place(session, work_item_id, business_key)
        if row is None:
            return False
        happening = Happening(process_id, element, REFUSED, _detail(refused, work_item_id, message))
        if _is_repeated(session, row, happening, by):
            return False
        write_down(session, row, happening, by=by, at=at)
    return True


def _place(session: Session, work_item_id: int | None, business_key: str | None) -> tuple[Any, str, str]:
    """Lock the case; return its row and the element that the attempt was about."""
    if work_item_id is not None:
        row = lock_item(session, work_item_id)
        return row, row.item_process_id, row.item_element
    found = session.scalar(
        sa.select(INSTANCE.c.id)
        .where(INSTANCE.c.business_key == business_key)
        .order_by(sa.case((INSTANCE.c.status == RUNNING, INSTANCE.c.id)).nulls_last(), INSTANCE.c.id.desc())
        .limit(1)
    )
    if business_key is None or found is None:
        return None, "", ""
    row = lock_instance(session, found, must_run=False)
    return row, row.process_id, row.process_id


def _detail(refused: LtcError, work_item_id: int | None, message: str | None) -> dict[str, Any]:
    detail: dict[str, Any] = {"error": type(refused).__name__}
    if work_item_id is not None:
        detail["work_item"] = work_item_id
    if message is not None:
        detail["message"] = _name(message)
    if isinstance(refused, RuleRefused):
        detail |= {"reason_en": refused.reason.en, "reason_zh": refused.reason.zh, "field": refused.field}
    if isinstance(refused, InvalidAnswers):
        # which fields, never what was written in them: that was refused and is kept nowhere
        detail["fields"] = sorted(_name(path) for path in refused.errors)[:MOST_FIELDS]
    return detail


def _name(given: str) -> str:
    """Return a name that a stranger may have made up so that every database can keep it."""
    return "".join(each for each in given if each.isprintable())[:LONGEST_NAME]


def _is_repeated(session: Session, row: Any, happening: Happening, by: Actor) -> bool:
    last = session.execute(
        sa.select(JournalEntry.event, JournalEntry.element, JournalEntry.by, JournalEntry.detail).where(
            JournalEntry.instance_id == row.instance_id, JournalEntry.seq == row.journal_seq
        )
    ).one_or_none()
    now = (happening.event, happening.element, by.user_id, happening.detail)
    return last is not None and tuple(last) == now
