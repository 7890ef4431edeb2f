"""``catalogue.json``: what the designer offers to choose from."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from engine.drafts import queries as drafts
from engine.errors import InvalidInput, NotFound
from engine.releases import queries as releases
from engine.service_tasks import catalogue as service_tasks
from handlers.organisation.roles import EDITORS
from webui.catalogue.words import catalogue
from webui.runtime import reading
from webui.security import only

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/catalogue.json")
@only(*EDITORS)
def show() -> Response:
    """Return handlers, forms, decisions, processes, messages, roles and statuses: of ``draft``, or of the release."""
    asked = request.args.get("draft", "")
    if asked and not (asked.isascii() and asked.isdigit()):
        raise InvalidInput(draft=asked)
    with reading() as db:
        if asked:
            files = drafts.files(db, drafts.get(db, int(asked[:18])))
        else:
            try:
                files = releases.files(db, releases.current(db).id)
            except NotFound:
                files = {}
    return jsonify(catalogue(files, service_tasks()))
