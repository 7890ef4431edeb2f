"""A form as whoever fills it in sees it, from the schemas that stand on the page, saved or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_babel import gettext
from jsonschema import Draft202012Validator, SchemaError
from werkzeug.datastructures import MultiDict

from engine.errors import InvalidInput
from handlers.organisation.roles import EDITORS
from webui.designer.pages import blueprint, body, text
from webui.forms import posted
from webui.forms.pages import page
from webui.runtime import current_actor, reading
from webui.security import only

MOST_ANSWERS = 2_000


@blueprint.post("/form-preview")
@only(*EDITORS)
def preview_form() -> str:
    """Return the form of ``{"schema", "ui", "answers"}``; answers are pairs, as a browser sends a form."""
    given = body()
    try:
        schema, ui = _read(text(given, "schema")), _read(text(given, "ui"))
        Draft202012Validator.check_schema(schema)
    except (ValueError, RecursionError, SchemaError):
        return render_template("designer/preview.html", problem=gettext("The form cannot be shown as it is."))
    answers = posted.read(schema, ui, _pairs(given.get("answers", [])), keep_empty_rows=True)
    with reading() as db:
        form = page(db, schema, ui, answers, current_actor())
        return render_template("designer/preview.html", problem="", form=form)


def _read(content: str) -> Mapping[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - said like any other content that cannot be read
    return found


def _pairs(given: object) -> MultiDict[str, str]:
    if not isinstance(given, list) or len(given) > MOST_ANSWERS:
        raise InvalidInput(answers="a list of pairs is needed")
    found: MultiDict[str, str] = MultiDict()
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            raise InvalidInput(answers="a list of pairs is needed")
        found.add(pair[0], pair[1])
    return found
