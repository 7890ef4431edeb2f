"""The method, for everybody who is signed in."""

from __future__ import annotations

from flask import Blueprint, render_template

from handlers.organisation.roles import EDITORS
from webui.method.entries import chapters
from webui.runtime import current_actor

blueprint = Blueprint("method", __name__, template_folder="templates", url_prefix="/method")


@blueprint.get("/")
def index() -> str:
    """Show how the company sells."""
    return render_template(
        "method/index.html", chapters=chapters(), may_trace=not current_actor().roles.isdisjoint(EDITORS)
    )
