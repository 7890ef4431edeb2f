"""The designer: where process owners draw diagrams, fill decision tables and make forms of a draft."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound
from handlers.organisation.roles import EDITORS
from webui.designer import deciding, diagram, previewing, trying
from webui.designer.pages import blueprint, opened
from webui.runtime import reading
from webui.security import DIAGRAM_POLICY, POLICY, TABLE_POLICY, only, under

__all__ = ["blueprint", "deciding", "diagram", "previewing", "trying"]

SCHEMA, UI = ".schema.json", ".ui.json"
EDITED = {
    ".bpmn": ("designer/diagram.html", DIAGRAM_POLICY),
    ".dmn": ("designer/table.html", TABLE_POLICY),
    SCHEMA: ("designer/form.html", POLICY),
}
"""The page for each kind of file, by the end of its name, and the policy under which it lives."""

LONGEST_ID = 120


@blueprint.get("/<int:draft_id>/<path:path>")
@only(*EDITORS)
def edit(draft_id: int, path: str) -> str | Response:
    """Show the page on which one file of a draft is edited, at ``element`` if the address names one."""
    if path.endswith(UI):
        return redirect(url_for(".edit", draft_id=draft_id, path=path.removesuffix(UI) + SCHEMA))
    for ending, (template, policy) in EDITED.items():
        if path.endswith(ending):
            under(policy)
            with reading() as db:
                file = opened(db, draft_id, path, ending)
            return render_template(template, file=file, element=request.args.get("element", "")[:LONGEST_ID])
    raise NotFound(draft=draft_id, file=path)
