"""Built scripts and styles travel compressed: the styles alone are 640 kB, 80 kB of them on the wire.

Pages are not compressed: they hold secrets next to what a stranger can put into them.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

from webui import vite

KEPT = 64
TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json"})


@lru_cache(maxsize=KEPT)
def _compressed(path: Path, _changed_at: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def install(app: Flask) -> None:
    """Compress the answers below the address of the built files, for browsers that accept it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not request.path.startswith(f"{vite.URL_PATH}/") or response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or "Range" in request.headers or not request.accept_encodings["gzip"]:
        return response
    path = safe_join(str(vite.DIST), request.path.removeprefix(f"{vite.URL_PATH}/"))
    if path is None:
        return response
    response.close()
    file = Path(path)
    response.direct_passthrough = False
    response.set_data(_compressed(file, file.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(f"{etag}-gzip")
    return response
