"""One draft: its files, what is wrong with it, what people say about it, what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from engine.checks import Known
from engine.drafts import checking, queries
from engine.drafts.records import APPROVED, Draft, DraftComment, DraftEvent
from engine.errors import NotFound
from engine.findings import ERROR, Finding
from engine.releases import contents as stored
from engine.releases import queries as releases
from engine.text import Text
from handlers.known import known_to
from handlers.organisation.queries import names
from handlers.organisation.roles import EDITORS
from webui import pictures
from webui.drafts.elements import elements
from webui.drafts.pages import blueprint
from webui.drafts.stories import address_in, stories_of
from webui.drafts.words import event_words
from webui.i18n import language
from webui.layout import has_page
from webui.releases import contents
from webui.runtime import current_actor, reading, room
from webui.security import only

Page = Response | str | tuple[str, int]
HISTORY = 40
LONGEST_MARKS = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A file of the draft in its list."""

    path: str
    kind: str
    title: Text
    version: int
    change: str
    problems: int


@blueprint.get("/<int:draft_id>")
@only(*EDITORS)
def show(draft_id: int) -> Page:
    """Show one draft."""
    with reading() as db:
        draft = queries.get(db, draft_id)
        states, files = queries.states(db, draft), queries.files(db, draft)
        base, current = releases.get(db, draft.base_release_id), releases.current(db)
        made = releases.get(db, draft.release_id) if draft.release_id else None
        comments, reviews = queries.comments(db, draft_id), queries.reviews(db, draft_id)
        before = request.args.get("before", type=int)
        events = queries.history(db, draft_id, before=before, limit=HISTORY + 1)
        contributors = queries.contributors(db, draft)
        deleted = stored.load(
            db, [each.base_sha256 for each in states.values() if each.sha256 is None and each.base_sha256]
        )
        ids = [
            *contributors, *(each.author_id for each in comments), *(each.reviewer_id for each in reviews),
            *(each.by for each in events),
        ]  # fmt: skip
        people, company = names(db, ids, language()), known_to(db, now=room().clock.now())
        stories = stories_of(db, draft, files) if made is None else None
    findings = _findings(files, company) if made is None else []
    gone = {path: deleted.get(each.base_sha256 or "", b"") for path, each in states.items() if each.sha256 is None}
    rows = _rows(states, {**files, **gone}, findings or [])
    present = [each for each in rows if each.change != "deleted"]
    digest = stored.digest(queries.present(states))
    latest = reviews[0] if reviews else None
    return render_template(
        "drafts/show.html",
        draft=draft,
        base=base,
        current=current,
        made=made,
        has_moved=current.id != base.id and made is None,
        changed=[each for each in rows if each.change],
        files={kind: [each for each in present if each.kind == kind] for kind in contents.KINDS},
        findings=findings,
        errors=sum(each.severity == ERROR for each in findings or []),
        comments=comments,
        reviews=reviews,
        is_approved=latest is not None and latest.verdict == APPROVED and latest.digest == digest,
        events=_told_once(events[:HISTORY]),
        older=events[HISTORY - 1].id if len(events) > HISTORY else None,
        people=people,
        called=_called({**files, **gone}, comments),
        is_mine=current_actor().user_id in contributors,
        address_of=lambda path, element="": address_of(draft, path, element),
        address_in=address_in(draft),
        stories=stories,
        event_words=event_words,
    )


def _called(files: Mapping[str, bytes], comments: Collection[DraftComment]) -> Callable[[str, str], Text | None]:
    """Return what tells the name of an element that somebody commented on."""
    known_in = {path: elements(path, files.get(path, b"")) for path in {each.path for each in comments if each.element}}
    return lambda path, element: known_in.get(path, {}).get(element)


def _findings(files: Mapping[str, bytes], company: Known) -> list[Finding] | None:
    """Return what is wrong with a draft; ``None``, unless ``?checked=1`` asks to wait, when that takes a while."""
    if request.args.get("checked"):
        return checking.findings(files, company)
    return checking.already_found(files, company)


def _told_once(events: list[DraftEvent]) -> list[DraftEvent]:
    """Return the events without those that only repeat the one above: autosaving tells the same every few seconds."""
    told: list[DraftEvent] = []
    for each in events:
        if not told or each.event != "saved" or (each.event, each.by, each.path) != (
            told[-1].event, told[-1].by, told[-1].path
        ):  # fmt: skip
            told.append(each)
    return told


def _rows(states: Mapping[str, queries.FileState], files: Mapping[str, bytes], findings: list[Finding]) -> list[Row]:
    rows = []
    for path, each in states.items():
        if each.sha256 is None and each.base_sha256 is None:
            continue
        change = ""
        if each.is_changed:
            change = "deleted" if each.sha256 is None else "new" if each.base_sha256 is None else "changed"
        problems = sum(finding.file == path for finding in findings)
        title = contents.title_in(files, path)
        rows.append(Row(path, contents.kind_of(path), title, each.version, change, problems))
    return rows


def address_of(draft: Draft, path: str, element: str = "") -> str:
    """Return where a file of a draft is edited, at an element: in the designer, or on its plain page."""
    if has_page("designer.edit") and not path.endswith(".yaml"):
        return url_for("designer.edit", draft_id=draft.id, path=path, element=element or None)
    return url_for("drafts.file", draft_id=draft.id, path=path, element=element or None)


@blueprint.get("/<int:draft_id>/file/<path:path>")
@only(*EDITORS)
def file(draft_id: int, path: str) -> Page:
    """Show one file of a draft, with what is said about it."""
    element = request.args.get("element", "")[:120]
    return file_page(draft_id, path, element=element), 200


def file_page(draft_id: int, path: str, *, element: str = "", mine: str | None = None, problem: str = "") -> str:
    """Return the page of a file; ``mine`` is what a person wanted to save when ``problem`` came between."""
    with reading() as db:
        draft = queries.get(db, draft_id)
        state = queries.state(db, draft, path)
        if state.sha256 is None and state.base_sha256 is None:
            raise NotFound(draft=draft_id, file=path)
        sha = state.sha256 or state.base_sha256 or ""
        content = stored.load(db, [sha])[sha]
        files = queries.files(db, draft)
        comments = [each for each in queries.comments(db, draft_id) if each.path == path]
        people = names(db, [each.author_id for each in comments], language())
        company = known_to(db, now=room().clock.now())
    found = _findings(files, company)
    named = elements(path, content)
    findings = None if found is None else [each for each in found if each.file == path]
    return render_template(
        "drafts/file.html",
        draft=draft,
        one=contents.shown(path, content),
        state=state,
        findings=findings,
        comments=comments,
        marked=_marked(findings or [], comments, element),
        elements=named,
        called=lambda _, element: named.get(element),
        element=element,
        missed=request.args.get("missed", "")[:LONGEST_MARKS],
        people=people,
        mine=mine,
        problem=problem,
        designer=address_of(draft, path, element) if has_page("designer.edit") else "",
    )


def _marked(findings: list[Finding], comments: list[DraftComment], element: str) -> str:
    """Return the elements to ring in the picture."""
    wanted = [element, *(each.element or "" for each in findings), *(each.element for each in comments)]
    return " ".join(dict.fromkeys(each for each in wanted if each))[:LONGEST_MARKS]


@blueprint.get("/<int:draft_id>/picture/<path:path>")
@only(*EDITORS)
def picture(draft_id: int, path: str) -> Response:
    """Draw a diagram of the draft as SVG, with ``marked`` elements ringed; ``download=1`` to keep it.

    ``missed`` are the elements that no story reaches.
    """
    marks = {
        **dict.fromkeys(request.args.get("missed", "").split(), "missed"),
        **dict.fromkeys(request.args.get("marked", "").split(), "problem"),
    }
    with reading() as db:
        _, content = queries.file(db, queries.get(db, draft_id), path)
    return pictures.picture(path, content, marks, download=request.args.get("download") == "1")


@blueprint.get("/<int:draft_id>/download/<path:path>")
@only(*EDITORS)
def download(draft_id: int, path: str) -> Response:
    """Give a file of the draft as it is kept; with ``version``, as it was then."""
    version = request.args.get("version", type=int)
    with reading() as db:
        draft = queries.get(db, draft_id)
        if version is None:
            content = queries.file(db, draft, path)[1]
        else:
            sha = queries.version_of(db, draft, path, version)
            if sha is None:
                raise NotFound(draft=draft_id, file=path, version=version)
            content = stored.load(db, [sha])[sha]
    return pictures.attachment(path, content, "application/octet-stream")
