"""Files: kept at once, judged by their content, handed out only to people of their case."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from engine.database import transaction
from engine.inbox.records import Attachment
from tests.web.conftest import Browser, Site
from tests.web.lead_pages import CAPTURE, next_page

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def _upload(browser: Browser, name: str, content: bytes, **kwargs: object) -> object:
    browser.get("/start/lead")
    return browser.post("/files/?field=evidence", {"evidence": (io.BytesIO(content), name)}, **kwargs)


def test_a_chosen_file_is_kept_at_once_and_belongs_to_the_case_once_it_is_submitted(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    part = _upload(browser, "现场.png", PNG, headers={"HX-Request": "true"}).text  # type: ignore[attr-defined]
    token = re.search(r'name="evidence" value="([^"]+)"', part)
    assert token
    assert "现场.png" in part
    outsider = leads_site.browser("anrui")
    assert outsider.get(f"/files/{token[1]}").status_code == 404, "before it belongs to a case only its owner has it"
    browser.get("/start/lead")
    next_page(browser.post("/start/lead", CAPTURE | {"evidence": token[1]}))
    assert browser.get(f"/files/{token[1]}").data == PNG
    assert outsider.get(f"/files/{token[1]}").status_code == 404
    with transaction(leads_site.product.sessions) as session:
        assert session.scalars(sa.select(Attachment.instance_id)).one() is not None


def test_a_file_is_handed_out_as_a_download_that_no_page_of_ours_runs(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    kept = _upload(browser, "a;b现场.txt", "说明".encode(), headers={"Accept": "application/json"}).json  # type: ignore[attr-defined]
    answer = browser.get(f"/files/{kept[0]['token']}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="a;b')
    assert "filename*=UTF-8''a%3Bb%E7%8E%B0" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_photo_as_a_telephone_takes_it_is_kept(leads_site: Site) -> None:
    content = b"\x00\x00\x00\x18ftypheic" + bytes(64)
    kept = _upload(leads_site.browser("suran"), "现场.heic", content, headers={"Accept": "application/json"})
    assert kept.json[0]["token"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.png", b"<svg onload=alert(1)>"),
        ("tool.exe", b"MZ\x90"),
        ("contract.pdf", b"MZ\x90"),
        ("noending", b"text"),
        ("notes.txt", b"\x00\x01"),
        ("empty.txt", b""),
        ("photo.heic", bytes(64)),
    ],
)
def test_files_whose_content_is_not_what_they_claim_are_refused(leads_site: Site, name: str, content: bytes) -> None:
    browser = leads_site.browser("suran")
    refused = _upload(browser, name, content, headers={"Accept": "application/json"})
    assert refused.status_code == 422  # type: ignore[attr-defined]
    with transaction(leads_site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


def test_without_scripts_files_come_with_the_form_and_survive_its_errors(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    browser.get("/start/lead")
    form = {**CAPTURE, "seen_on": "", "evidence": (io.BytesIO(PNG), "现场.png")}
    refused = browser.post("/start/lead", form)
    assert refused.status_code == 422
    token = re.search(r'name="evidence" value="([^"]+)" checked', refused.text)
    assert token
    assert "现场.png" in refused.text
    begun = browser.post("/start/lead", {**CAPTURE, "evidence": token[1]})
    assert next_page(begun).startswith("/tasks/")
    assert browser.get(f"/files/{token[1]}").data == PNG


def test_a_refused_file_is_named_at_its_field_and_the_answers_stay(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    browser.get("/start/lead")
    refused = browser.post("/start/lead", {**CAPTURE, "evidence": (io.BytesIO(b"MZ"), "tool.exe")})
    assert refused.status_code == 422
    assert 'href="#f-evidence"' in refused.text
    assert "This kind of file is not taken" in refused.text
    assert "焊装车间能耗太高" in refused.text


def test_the_token_of_a_stranger_s_file_cannot_be_named_in_an_answer(leads_site: Site) -> None:
    theirs = _upload(leads_site.browser("anrui"), "geheim.txt", b"x", headers={"Accept": "application/json"}).json  # type: ignore[attr-defined]
    browser = leads_site.browser("suran")
    browser.get("/start/lead")
    refused = browser.post("/start/lead", {**CAPTURE, "evidence": theirs[0]["token"]})
    assert refused.status_code == 422
    assert "This file cannot be used here." in refused.text
