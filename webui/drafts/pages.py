"""The blueprint of the drafts; its views are spread over the modules of this folder."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("drafts", __name__, template_folder="templates", url_prefix="/drafts")
