"""The web product: one Flask application that finds its pages by folder."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.clock import Clock
from engine.jobs.worker import Worker
from engine.settings import Settings
from webui import compression, errors, i18n, layout, security, vite
from webui.assembly import assemble
from webui.runtime import EXTENSION, Runtime
from webui.security import public
from webui.signin import sessions

log = logging.getLogger("ltc")

PAGES = Path(__file__).parent
WORKER = "ltc_worker"
LARGEST_REQUEST = 32 * 1024 * 1024

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f5fbf"/>'
    '<path d="M7 21.5h5.5c4 0 3-11 7-11H25M21.5 7l3.5 3.5-3.5 3.5" fill="none" stroke="#fff" '
    'stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


def create_app(
    settings: Settings, *, clock: Clock | None = None, start_worker: bool = False, product: Runtime | None = None
) -> Flask:
    """Return the application for ``settings``; with ``start_worker`` background work is done in this process.

    ``product`` is given by whoever assembled it before; the worker is then ``app.extensions["ltc_worker"]``.
    The database must be up to date (``webui.migrations.upgrade``, or ``engine.database.create_schema`` in tests).
    """
    app = Flask(__name__, static_folder=str(vite.DIST), static_url_path=vite.URL_PATH)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_PARTS=5000)
    running = product or assemble(settings, clock=clock)
    app.extensions[EXTENSION] = running

    app.before_request(sessions.find_out_who_asks)
    security.install(app, settings.secret_key)
    compression.install(app)
    i18n.install(app, settings.zone.key)
    layout.install(app)
    errors.install(app)
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/icon.svg", "icon", icon)
    for blueprint in page_blueprints():
        app.register_blueprint(blueprint)
    if vite.is_stale():
        log.warning("webui/assets/dist is missing or older than its sources: run `make assets`")
    if start_worker:
        worker = Worker(running.room, running.sessions)
        worker.start()
        app.extensions[WORKER] = worker
    return app


def page_blueprints() -> list[Blueprint]:
    """Return the blueprint of every page folder: ``webui/<page>/views.py`` names it ``blueprint``."""
    found = []
    for folder in sorted(PAGES.iterdir()):
        name = f"webui.{folder.name}.views"
        if (folder / "views.py").is_file() and find_spec(name) is not None:
            found.append(import_module(name).blueprint)
    return found


def home() -> AnyResponse:
    """Lead to the inbox: what waits for a person comes first."""
    return redirect(url_for("inbox.index"))


@public
def icon() -> Response:
    """Return the mark of the product, for the browser's tab."""
    return Response(ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
