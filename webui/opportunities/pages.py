"""What the pages about opportunities have in common: one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("opportunities", __name__, template_folder="templates", url_prefix="/opportunities")
