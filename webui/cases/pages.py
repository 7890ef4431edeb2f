"""What the pages about cases have in common: one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cases", __name__, template_folder="templates", url_prefix="/cases")
