"""Where every line of the method lives, for process owners: what carries it in the current release, and the gaps."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from engine.releases import queries as releases
from handlers.organisation.roles import EDITORS
from webui.runtime import reading
from webui.security import only
from webui.trace.tracing import GROUPS, KINDS, trace, unknown_refs

blueprint = Blueprint("trace", __name__, template_folder="templates", url_prefix="/trace")


@blueprint.get("/")
@only(*EDITORS)
def index() -> str:
    """Show the checklist with the places of each line; ``?gaps=1`` shows what is missing."""
    with reading() as db:
        current = releases.current(db)
        program = releases.program(db, current.id)
        found = trace(program, current_app.view_functions)
    only_gaps = request.args.get("gaps") == "1"
    gaps = [each for each in found if each.is_gap]
    shown = gaps if only_gaps else found
    return render_template(
        "trace/index.html",
        release=current,
        groups=[(words, [each for each in shown if each.line.id.startswith(key)]) for key, words in GROUPS.items()],
        total=len(found),
        gaps=len(gaps),
        only_gaps=only_gaps,
        kinds=KINDS,
        unknown=unknown_refs(program),
        file_of=program.file_of,
    )
