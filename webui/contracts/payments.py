"""Payments from the bank: first a preview of what would become of each line, then the import, and a report."""

from __future__ import annotations

import base64
import binascii

from flask import Response, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from engine.instances import operations as instances
from engine.text import Text
from handlers.contract import bank, queries
from handlers.contract.bank import COLUMNS, Line, Share, Statement
from handlers.spreadsheet import UnreadableFile
from webui.cases.governance import today
from webui.contracts.pages import blueprint
from webui.i18n import say
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only
from webui.spreadsheet import file, table

MESSAGE = "payment.received"
LARGEST_FILE = 2 * 2**20
REASON = Text("Reason", "拒绝原因")


@blueprint.get("/payments/import")
@only("finance")
def import_payments() -> str:
    """Explain the import and ask for a statement."""
    return _page()


@blueprint.get("/payments/import/template.csv")
@only("finance")
def payments_template() -> Response:
    """Hand out an empty statement with the headings."""
    headings = [say(label) + ("*" if needed else "") for label, needed, _ in COLUMNS.values()]
    return file(table(headings, []), "payments-template.csv")


@blueprint.post("/payments/import")
@only("finance")
def preview_payments() -> str | tuple[str, int]:
    """Show what would become of each line of an uploaded statement; nothing is booked yet."""
    upload = request.files.get("file")
    content = upload.stream.read(LARGEST_FILE + 1) if upload is not None else b""
    if not content.strip():
        return _page(problem=gettext("Choose a file that is not empty.")), 422
    if len(content) > LARGEST_FILE:
        return _page(problem=gettext("The file is larger than 2 MB. Split it.")), 422
    try:
        with reading() as db:
            statement = _look(db, content)
    except UnreadableFile as error:
        return _page(problem=say(error.reason)), 422
    return _page(statement=statement, kept=base64.b64encode(content).decode("ascii"))


@blueprint.post("/payments/import/book")
@only("finance")
def book_payments() -> str | tuple[str, int]:
    """Book the lines that fit, each as a whole; report on every line. The page itself carries the statement."""
    content = _carried()
    try:
        with transaction() as db:
            statement = bank.book(db, _look(db, content), tell)
    except UnreadableFile as error:
        return _page(problem=say(error.reason)), 422
    return _page(statement=statement, done=True, kept=base64.b64encode(content).decode("ascii"))


@blueprint.post("/payments/import/refused.csv")
@only("finance")
def refused_payments() -> Response:
    """Hand the lines that are not booked back as a file with the reasons; nothing is booked."""
    content = _carried()
    with reading() as db:
        statement = _look(db, content)
    refused = [[*line.cells, say(line.reason)] for line in statement.lines if line.reason is not None]
    return file(table([*statement.heading, say(REASON)], refused), "payments-refused.csv")


def tell(session: Session, line: Line, share: Share) -> None:
    """Tell the case of the contract that money came in for one of its invoices."""
    assert line.received_on is not None
    data = {
        "invoice_no": share.invoice,
        "amount": share.amount,
        "received_on": line.received_on.isoformat(),
        "reference": line.reference,
        "payment_amount": line.amount,
        "payer": line.payer,
    }
    instances.message(session, MESSAGE, share.contract, data, by=current_actor(), room=room())


def _look(db: Session, content: bytes) -> Statement:
    return bank.look(db, content, visible=queries.visible_to(current_actor()), today=today())


def _carried() -> bytes:
    try:
        content = base64.b64decode(request.form.get("statement", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(field="statement", problem=str(error)) from error
    if not content or len(content) > LARGEST_FILE:
        raise InvalidInput(field="statement", problem="size")
    return content


def _page(*, statement: Statement | None = None, done: bool = False, kept: str = "", problem: str | None = None) -> str:
    lines = statement.lines if statement is not None else ()
    return render_template(
        "contracts/payments.html",
        columns=COLUMNS,
        statement=statement,
        accepted=[line for line in lines if line.accepted],
        refused=[line for line in lines if not line.accepted],
        amount=sum(line.amount for line in lines if line.accepted),
        done=done,
        kept=kept,
        problem=problem,
    )
