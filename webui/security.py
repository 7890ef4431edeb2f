"""Who may open a page, and what a browser may do with it.

Every route is closed to strangers; :func:`public` opens one. :func:`only` closes one further, to holders of a role.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, jsonify, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from engine.errors import NotAllowed
from webui import vite
from webui.runtime import current_actor, signed_in, wants_fragment, wants_json

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
DIAGRAM_POLICY = POLICY | {"style-src-attr": "'unsafe-inline'"}
"""bpmn-js positions its canvas with style attributes."""
TABLE_POLICY = POLICY | {"style-src": "'self' 'unsafe-inline'"}
"""The cells of dmn-js are CodeMirror editors, which bring style sheets of their own."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def public(view: View) -> View:
    """Open a view to people who are not signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def shows_diagram(view: View) -> View:
    """Let a view's page set style attributes, which the diagram viewer needs."""

    @wraps(view)
    def relaxed(*args: Any, **kwargs: Any) -> Any:
        g.policy = DIAGRAM_POLICY
        return view(*args, **kwargs)

    return relaxed  # type: ignore[return-value]


def under(policy: dict[str, str]) -> None:
    """Let the page that is being made live under ``policy`` instead of the strictest one."""
    g.policy = policy


def only(*roles: str) -> Callable[[View], View]:
    """Close a view to everybody but the holders of one of ``roles``, at whatever unit; others get 403."""

    def close(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if current_actor().roles.isdisjoint(roles):
                raise NotAllowed(roles=roles)
            return view(*args, **kwargs)

        guarded.only_roles = roles  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return close


class SessionCookie(SecureCookieSessionInterface):
    """The signed cookie, marked *secure* whenever it is given out over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether this request came by https."""
        return request.is_secure


def install(app: Flask, secret_key: str) -> None:
    """Close every route of ``app`` to strangers, check CSRF tokens, and send the headers."""
    app.session_interface = SessionCookie()
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME="ltc_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        # The token lives as long as the session: a form left open over lunch must still be accepted.
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
    app.before_request(_turn_strangers_away)
    app.after_request(_add_headers)


def _turn_strangers_away() -> Any:
    if request.endpoint is None or request.endpoint == "static" or signed_in() is not None:
        return None
    if getattr(current_app.view_functions[request.endpoint], "is_public", False):
        return None
    if wants_json():
        return jsonify(error="not_signed_in"), 401
    back = request.full_path.rstrip("?") if request.method == "GET" and not wants_fragment() else None
    to_sign_in = url_for("signin.sign_in", next=back)
    if wants_fragment():
        return Response(status=401, headers={"HX-Redirect": to_sign_in})
    return redirect(to_sign_in)


def _add_headers(response: Response) -> Response:
    policy = g.get("policy", POLICY)
    response.headers.setdefault("Content-Security-Policy", "; ".join(f"{key} {value}" for key, value in policy.items()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.path.startswith(f"{vite.URL_PATH}/"):
        # Vite puts a hash of the content into every name, so a browser may keep what it has.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
        response.vary.add("HX-Request")
    return response
