"""What the pages about leads have in common: one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("leads", __name__, template_folder="templates", url_prefix="/leads")
