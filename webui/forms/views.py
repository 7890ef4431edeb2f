"""What forms ask for while they are filled in, and what their templates need."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.forms import Choice
from engine.text import Text
from handlers.customer import queries as customers
from webui.files.sniffing import ACCEPT
from webui.forms.amounts import in_wan
from webui.runtime import reading

blueprint = Blueprint("forms", __name__, template_folder="templates", url_prefix="/forms")

YES_NO = (Choice(True, Text("Yes", "是")), Choice(False, Text("No", "否")))
LONGEST_SEARCH = 100
KIB = 1024

blueprint.add_app_template_filter(in_wan)


@blueprint.app_template_filter("file_size")
def file_size(size: int) -> str:
    """Return the size of a file in its usual unit: ``199 B``, ``12 KB``, ``3.4 MB``."""
    if size < KIB:
        return f"{size} B"
    return f"{size / KIB:.0f} KB" if size < KIB * KIB else f"{size / KIB / KIB:.1f} MB"


@blueprint.app_context_processor
def _for_forms() -> dict[str, object]:
    return {"yes_no": YES_NO, "accepted_files": ACCEPT}


@blueprint.get("/customers")
def customer_names() -> str:
    """Return the customers whose names contain what was typed so far, for the list below the field."""
    typed = next(iter(request.args.values()), "")[:LONGEST_SEARCH]
    with reading() as db:
        found = customers.search(db, typed)
    return render_template("forms/customers.html", found=found)
