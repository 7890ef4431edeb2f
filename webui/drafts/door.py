"""The JSON door through which the designer reads and saves the files of a draft."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.drafts import checking, operations, queries
from engine.drafts import content as contents_of_drafts
from engine.drafts.refusals import DraftFileChanged, DraftFileRefused
from engine.errors import InvalidInput
from engine.findings import Finding
from handlers.known import known_to
from handlers.organisation.queries import names
from handlers.organisation.roles import EDITORS
from webui.drafts.pages import blueprint
from webui.i18n import language
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only


@blueprint.get("/<int:draft_id>/files")
@only(*EDITORS)
def list_files(draft_id: int) -> Response:
    """Tell every file of the draft: its version, whether it differs from the base release, whether it is deleted."""
    with reading() as db:
        draft = queries.get(db, draft_id)
        states = queries.states(db, draft)
    files = [
        {
            "path": each.path,
            "version": each.version,
            "changed": each.is_changed,
            "new": each.base_sha256 is None,
            "deleted": each.sha256 is None,
        }
        for each in states.values()
        if each.sha256 is not None or each.base_sha256 is not None
    ]
    return jsonify(id=draft.id, title=draft.title, status=draft.status, files=files)


@blueprint.get("/<int:draft_id>/files/<path:path>")
@only(*EDITORS)
def read_file(draft_id: int, path: str) -> Response:
    """Return one file as ``{"path", "content", "version"}``; *404* for one that is deleted."""
    with reading() as db:
        state, content = queries.file(db, queries.get(db, draft_id), path)
    return jsonify(path=path, content=content.decode(), version=state.version, changed=state.is_changed)


@blueprint.put("/<int:draft_id>/files/<path:path>")
@only(*EDITORS)
def save_file(draft_id: int, path: str) -> Response:
    """Save ``{"content", "version"}``; the new version, or *409* with ``theirs`` when somebody else was faster."""
    given = body()
    content, version = given.get("content"), version_of(given)
    if not isinstance(content, str):
        raise InvalidInput(content="text is needed")
    try:
        with transaction() as db:
            saved = operations.save_file(
                db, draft_id, path, bytes_of(content), version=version, by=current_actor(), now=room().clock.now()
            )
    except DraftFileChanged as changed:
        return _theirs(changed)
    except DraftFileRefused as refused:
        findings = [told(each) for each in refused.findings]
        return make_response(
            jsonify(error="DraftFileRefused", message=findings[0]["message"], findings=findings), refused.http_status
        )
    return jsonify(path=path, version=saved)


@blueprint.delete("/<int:draft_id>/files/<path:path>")
@only(*EDITORS)
def delete_file(draft_id: int, path: str) -> Response:
    """Delete the file that was read at ``version`` (in the body or the address)."""
    given = request.args.to_dict() if "version" in request.args else body()
    try:
        with transaction() as db:
            version = operations.delete_file(
                db, draft_id, path, version=version_of(given), by=current_actor(), now=room().clock.now()
            )
    except DraftFileChanged as changed:
        return _theirs(changed)
    return jsonify(path=path, version=version)


@blueprint.post("/<int:draft_id>/check")
@only(*EDITORS)
def check(draft_id: int) -> Response:
    """Tell what prevents a release of the draft, as if ``{"files": {path: content}}`` were saved already."""
    changed = (body() if request.data else {}).get("files", {})
    if not isinstance(changed, dict):
        raise InvalidInput(files="the text of each file is needed, by its path")
    with reading() as db:
        files, company = queries.files(db, queries.get(db, draft_id)), known_to(db, now=room().clock.now())
    for path, content in changed.items():
        if not isinstance(content, str):
            raise InvalidInput(content="text is needed")
        contents_of_drafts.kind_of(path)
        files[path] = bytes_of(content)
    return jsonify([told(each) for each in checking.findings(files, company)])


def told(finding: Finding) -> dict[str, object]:
    """Return a finding in the reader's language."""
    return {
        "file": finding.file,
        "element": finding.element,
        "name": finding.called.in_language(language()) or None,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.reason.in_language(language()),
        "cure": finding.cure.in_language(language()),
        "path": list(finding.path),
        "fix": dict(finding.fix) if finding.fix else None,
    }


def _theirs(changed: DraftFileChanged) -> Response:
    with reading() as db:
        who = names(db, [changed.changed_by], language())
    theirs = {
        "version": changed.version,
        "content": None if changed.content is None else changed.content.decode(),
        "by": who.get(changed.changed_by or 0, ""),
    }
    message = gettext("Somebody else saved this file first.")
    return make_response(jsonify(error="DraftFileChanged", message=message, theirs=theirs), 409)


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; raises ``InvalidInput``."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise InvalidInput(body="a JSON object is needed")
    return given


def version_of(given: dict[str, Any]) -> int:
    """Return the version of the file that was read; raises ``InvalidInput``."""
    version = given.get("version")
    if isinstance(version, str) and version.isascii() and version.isdigit():
        version = int(version[:9])
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidInput(version="the version that was read is needed")
    return version


def bytes_of(content: str) -> bytes:
    """Return a text as it is kept; raises ``InvalidInput`` for half a character."""
    try:
        return content.encode()
    except UnicodeEncodeError:
        raise InvalidInput(content="the text holds half a character") from None
