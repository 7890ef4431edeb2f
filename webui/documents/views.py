"""One document on a page and as PDF: as it is now, and as it was kept. Whoever may see the record may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import NotFound
from engine.text import Text
from handlers.documents import catalogue, queries
from handlers.documents.model import Document
from handlers.documents.sources import CASE
from webui.cases.access import visible_case
from webui.cases.kinds import kind_of
from webui.documents.radar import drawn, path
from webui.documents.words import NINE_COLUMNS, NINE_ROWS, columns_of_numbers, lines_of, said
from webui.i18n import language, say
from webui.runtime import current_actor, reading, room

blueprint = Blueprint("documents", __name__, template_folder="templates", url_prefix="/documents")
blueprint.add_app_template_filter(said)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands at the foot of a document: since when it is so; of a kept one the decision and the fingerprint."""

    at: datetime
    gate: Text | None = None
    sha256: str = ""
    untouched: bool = True


@blueprint.get("/<record_type>/<int:record_id>/<kind>")
def show(record_type: str, record_id: int, kind: str) -> str:
    """Show a document as it is now."""
    document = _current(record_type, record_id, kind)
    return _page(
        document,
        Stamp(room().clock.now()),
        back=_record(record_type, record_id),
        download=url_for(".download", record_type=record_type, record_id=record_id, kind=kind, lang=language()),
    )


@blueprint.get("/<record_type>/<int:record_id>/<kind>.pdf")
def download(record_type: str, record_id: int, kind: str) -> Response:
    """Hand out a document as it is now, as PDF."""
    return _pdf(_current(record_type, record_id, kind), Stamp(room().clock.now()))


@blueprint.get("/kept/<int:kept_id>")
def show_kept(kept_id: int) -> str:
    """Show a document as it was kept."""
    document, stamp, record = _kept(kept_id)
    return _page(
        document, stamp, back=_record(*record), download=url_for(".download_kept", kept_id=kept_id, lang=language())
    )  # fmt: skip


@blueprint.get("/kept/<int:kept_id>.pdf")
def download_kept(kept_id: int) -> Response:
    """Hand out a document as it was kept, as PDF."""
    document, stamp, _ = _kept(kept_id)
    return _pdf(document, stamp)


def _current(record_type: str, record_id: int, kind: str) -> Document:
    with reading() as db:
        check_visible(db, record_type, record_id, current_actor())
        return queries.current(db, record_type, record_id, kind)


def _kept(kept_id: int) -> tuple[Document, Stamp, tuple[str, int]]:
    with reading() as db:
        found = queries.kept(db, kept_id)
        check_visible(db, found.record_type, found.record_id, current_actor())
        gate = catalogue.GATES.get(found.gate, Text(found.gate, found.gate))
        stamp = Stamp(found.kept_at, gate, found.sha256, queries.is_untouched(found))
        return Document.read(found.content), stamp, (found.record_type, found.record_id)


def check_visible(db: Session, record_type: str, record_id: int, actor: Actor) -> None:
    """Raise ``NotFound`` unless ``actor`` may see the record, or the case that the document is about."""
    if record_type == CASE:
        visible_case(db, record_id, actor)
        return
    kind = kind_of(record_type)
    if kind is None:
        raise NotFound(record_type=record_type)
    kind.visible(db, record_id, actor)


def _record(record_type: str, record_id: int) -> tuple[str, str] | None:
    """Return where a document leads back to, and what that is called."""
    if record_type == CASE:
        return url_for("cases.show", instance_id=record_id), say(Text("The case", "查看流程"))
    kind = kind_of(record_type)
    address = kind.address(record_id) if kind is not None else ""
    return (address, say(kind.name)) if kind is not None and address else None


def _page(document: Document, stamp: Stamp, *, back: tuple[str, str] | None, download: str) -> str:
    return render_template(
        "documents/show.html",
        document=document,
        stamp=stamp,
        back=back,
        download=download,
        said=said,
        columns_of_numbers=columns_of_numbers,
        drawn=drawn,
        path=path,
        lines_of=lines_of,
        nine_rows=NINE_ROWS,
        nine_columns=NINE_COLUMNS,
    )


def _pdf(document: Document, stamp: Stamp) -> Response:
    from webui.documents import pdf  # what draws it is large, and most starts of the product print nothing

    name = f"{document.number} {say(document.title)}.pdf".strip()
    plain = f"{document.number or 'document'}.pdf"
    return Response(
        pdf.rendered(document, pdf.foot(document, stamp.at, stamp.gate, stamp.sha256)),
        mimetype="application/pdf",
        headers={"Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"},
    )
