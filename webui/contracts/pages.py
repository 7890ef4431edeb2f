"""What the pages about contracts have in common: one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("contracts", __name__, template_folder="templates", url_prefix="/contracts")
