"""What Vite made: which files a page must load, and whether they are still fresh."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

PAGES = Path(__file__).parent
ASSETS = PAGES / "assets"
DIST = ASSETS / "dist"
URL_PATH = "/assets"


def _manifest() -> dict[str, Any]:
    path = DIST / "manifest.json"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=2)
def _read(path: Path, _changed_at: int) -> dict[str, Any]:
    chunks: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {chunk["name"]: chunk | {"all": chunks} for chunk in chunks.values() if chunk.get("isEntry")}


def entry(name: str) -> Markup:
    """Return the ``<link>`` and ``<script>`` tags of an entry: ``app``, or the folder of a page with a ``page.js``.

    A ``page.js`` one folder deeper has both names: ``designer-table``.

    Nothing is returned for an entry that was not built: every page works without scripts.
    """
    chunk = _manifest().get(name)
    if chunk is None:
        return Markup("")
    lines = [
        Markup('<link rel="stylesheet" href="{}/{}">').format(URL_PATH, href) for href in _styles(chunk, chunk["all"])
    ]
    lines.append(Markup('<script type="module" src="{}/{}"></script>').format(URL_PATH, escape(chunk["file"])))
    return Markup("\n").join(lines)


def _styles(chunk: dict[str, Any], chunks: dict[str, Any]) -> list[str]:
    """Return the style sheets of a chunk and of everything that it imports, each once, imports first."""
    found: dict[str, None] = {}
    seen: set[str] = set()

    def walk(each: dict[str, Any]) -> None:
        for imported in each.get("imports", ()):
            if imported not in seen:
                seen.add(imported)
                walk(chunks[imported])
        found.update(dict.fromkeys(each.get("css", ())))

    walk(chunk)
    return list(found)


def sources() -> list[Path]:
    """Return every file that Vite reads, apart from the installed packages."""
    own = [path for path in ASSETS.iterdir() if path.is_file()]
    pages = [
        path
        for folder in PAGES.iterdir()
        if folder.is_dir() and folder != ASSETS
        for pattern in ("**/*.js", "**/*.css")
        for path in folder.glob(pattern)
    ]
    return own + pages


def is_stale() -> bool:
    """Return whether a source is newer than what Vite made, or nothing was made yet."""
    manifest = DIST / "manifest.json"
    if not manifest.exists():
        return True
    made_at = manifest.stat().st_mtime
    return any(path.stat().st_mtime > made_at for path in sources())
