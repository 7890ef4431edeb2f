"""What Vite made reaches the pages; what it is made from is pinned."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from tests.web.conftest import Site
from webui import vite

MANIFEST = {
    "assets/app.js": {"name": "app", "file": "files/app-1.js", "isEntry": True, "css": ["files/app-2.css"]},
    "_shared.js": {"name": "shared", "file": "files/shared-3.js", "css": ["files/shared-4.css"]},
    "tasks/page.js": {
        "name": "tasks",
        "file": "files/tasks-5.js",
        "isEntry": True,
        "imports": ["_shared.js"],
        "css": ["files/tasks-6.css"],
    },
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages that Vite has built."""
    assets = tmp_path / "assets"
    (assets / "dist").mkdir(parents=True)
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "page.js").write_text("")
    (assets / "app.js").write_text("")
    (assets / "dist" / "manifest.json").write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(vite, "PAGES", tmp_path)
    monkeypatch.setattr(vite, "ASSETS", assets)
    monkeypatch.setattr(vite, "DIST", assets / "dist")
    return tmp_path


@pytest.mark.usefixtures("built")
def test_an_entry_brings_the_styles_of_what_it_imports_before_its_own() -> None:
    assert str(vite.entry("tasks")).splitlines() == [
        '<link rel="stylesheet" href="/assets/files/shared-4.css">',
        '<link rel="stylesheet" href="/assets/files/tasks-6.css">',
        '<script type="module" src="/assets/files/tasks-5.js"></script>',
    ]


@pytest.mark.usefixtures("built")
def test_a_page_without_scripts_of_its_own_loads_nothing() -> None:
    assert vite.entry("leads") == ""


@pytest.mark.parametrize("source", ["assets/app.js", "tasks/page.js"])
def test_a_changed_source_makes_the_build_stale(built: Path, source: str) -> None:
    made_at = (built / "assets" / "dist" / "manifest.json").stat().st_mtime
    for path in (built / "assets" / "app.js", built / "tasks" / "page.js"):
        os.utime(path, (made_at - 10, made_at - 10))
    assert not vite.is_stale()
    os.utime(built / source, (made_at + 10, made_at + 10))
    assert vite.is_stale()


def test_nothing_built_is_stale_and_harmless(built: Path) -> None:
    (built / "assets" / "dist" / "manifest.json").unlink()
    assert vite.is_stale()
    assert vite.entry("app") == ""


def test_browsers_keep_built_files_for_good(site: Site) -> None:
    hrefs = re.findall(r'(?:href|src)="(/assets/[^"]+)"', site.browser().get("/sign-in").text)
    assert len(hrefs) >= 2
    for href in hrefs:
        with site.browser().get(href) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]


def test_built_files_travel_compressed_to_browsers_that_can_and_plain_to_others(site: Site) -> None:
    browser = site.browser()
    href = re.findall(r'href="(/assets/[^"]+css)"', browser.get("/sign-in").text)[0]
    with browser.get(href) as plain, browser.get(href, headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) * 3 < len(plain.data)
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/nothing.css"])
def test_nothing_but_built_files_can_be_read(site: Site, path: str) -> None:
    assert site.browser().get(path, headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_every_package_is_pinned_and_the_lock_names_no_host() -> None:
    package = json.loads((vite.ASSETS / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values()), versions
    lock = (vite.ASSETS / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert '"integrity"' in lock
