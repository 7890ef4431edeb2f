"""The JSON interface: who may ask, what comes back, and errors that programs understand."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.database import transaction
from handlers.lead.records import Lead
from handlers.organisation.records import User
from tests.web.conftest import Site


class Program:
    """A program that acts for somebody with a key."""

    def __init__(self, site: Site, username: str) -> None:
        found = re.search(r'id="key" value="([^"]+)"', site.browser(username).get("/api/key").text)
        assert found
        self._client: FlaskClient = site.app.test_client()
        self._headers = {"Authorization": f"Bearer {found[1]}"}

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=self._headers)

    def post(self, path: str, body: Any) -> TestResponse:
        return self._client.post(path, json=body, headers=self._headers)


def _answers(site: Site, **more: Any) -> dict[str, Any]:
    return {
        "title": "Energy of the weld shop",
        "customer": "Dongling",
        "unit_id": site.units["office"].id,
        "channel": "customer_visit",
        "problem": "the bill is a third too high",
        "product_areas": ["energy"],
        "maturity": "warm",
        "expected_amount": 95_500_000,
        **more,
    }


def test_a_program_hands_a_lead_in_and_gets_its_number(leads_site: Site) -> None:
    program = Program(leads_site, "suran")
    answer = program.post("/api/leads", _answers(leads_site))
    assert answer.status_code == 201
    with transaction(leads_site.product.sessions) as session:
        lead = session.scalars(sa.select(Lead)).one()
    assert (answer.json["lead"], answer.json["number"]) == (lead.id, lead.number)  # type: ignore[index]
    assert (lead.status, lead.submitter_id) == ("SUBMITTED", leads_site.users["suran"].id)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": None}, "title", "type"),
        ({"unit_id": 4711}, "unit_id", "choice"),
        ({"expected_amount": 1.5}, "expected_amount", "type"),
        ({"expected_amount": True}, "expected_amount", "type"),
        ({"status": "CONVERTED"}, "status", "unknown"),
        ({"attachments": ["x" * 43]}, "attachments", "file"),
        ({"problem": "a\u0000b"}, "problem", "text"),
        ({"expected_amount": 10**30}, "expected_amount", "number"),
    ],
)
def test_a_lead_that_does_not_fit_is_refused_with_the_field_and_nothing_is_kept(
    leads_site: Site, change: dict[str, Any], field: str, code: str
) -> None:
    answer = Program(leads_site, "suran").post("/api/leads", _answers(leads_site, **change))
    assert answer.status_code == 422
    assert answer.json["error"] == "InvalidAnswers"  # type: ignore[index]
    assert code in " ".join(answer.json["fields"][field])  # type: ignore[index]
    with transaction(leads_site.product.sessions) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Lead)) == 0


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(leads_site: Site, body: object) -> None:
    assert Program(leads_site, "suran").post("/api/leads", body).status_code == 422


def test_a_task_is_found_in_the_inbox_and_completed_once(leads_site: Site) -> None:
    Program(leads_site, "suran").post("/api/leads", _answers(leads_site))
    screener = Program(leads_site, "anrui")
    (item,) = screener.get("/api/inbox?box=roles").json["items"]  # type: ignore[index]
    assert item["title"] == {"en": "Screen lead", "zh_CN": "筛选线索"}
    address = f"/api/work-items/{item['id']}"
    task = screener.get(address).json
    assert task is not None
    assert "screening" in task["schema"]["properties"]
    wrong = screener.post(f"{address}/complete", {"answers": {"screening": "perhaps"}})
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["screening"])  # type: ignore[index]
    stale = screener.post(f"{address}/complete", {"answers": {"screening": "keep"}, "revision": task["revision"] - 1})
    assert (stale.status_code, stale.json["error"]) == (409, "StalePage")  # type: ignore[index]
    done = screener.post(f"{address}/complete", {"answers": {"screening": "keep"}, "revision": task["revision"]})
    assert done.status_code == 200
    assert done.json["ended"] is False
    assert done.json["opened"]
    again = screener.post(f"{address}/complete", {"answers": {"screening": "keep"}})
    assert (again.status_code, again.json["error"]) == (409, "WorkItemAlreadyDone")  # type: ignore[index]


def test_the_task_of_somebody_else_does_not_exist(leads_site: Site) -> None:
    Program(leads_site, "suran").post("/api/leads", _answers(leads_site))
    (item,) = Program(leads_site, "anrui").get("/api/inbox?box=roles").json["items"]  # type: ignore[index]
    answer = Program(leads_site, "eve").post(f"/api/work-items/{item['id']}/complete", {"answers": {}})
    assert (answer.status_code, answer.json["error"]) == (404, "WorkItemNotFound")  # type: ignore[index]


@pytest.mark.parametrize("key", [None, "", "forged", "WzEsMF0.forged"])
def test_without_a_valid_key_nothing_is_answered(leads_site: Site, key: str | None) -> None:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    client = leads_site.app.test_client()
    for answer in (
        client.get("/api/inbox", headers=headers),
        client.post("/api/leads", json={}, headers=headers),
        client.get("/api/key", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.json["error"] == "NotSignedIn"  # type: ignore[index]


def test_a_key_is_void_once_the_sessions_of_its_person_are(leads_site: Site) -> None:
    program = Program(leads_site, "suran")
    assert program.get("/api/inbox").status_code == 200
    with transaction(leads_site.product.sessions) as session:
        session.execute(sa.update(User).where(User.username == "suran").values(epoch=User.epoch + 1))
    assert program.get("/api/inbox").status_code == 401


def test_a_page_of_ours_needs_the_token_of_its_session(leads_site: Site) -> None:
    browser = leads_site.browser("suran")
    forged = browser.post("/api/leads", {"csrf_token": "forged"})
    assert forged.status_code == 400
    assert browser.get("/api/inbox").status_code == 200


def test_unknown_boxes_and_orders_are_refused(leads_site: Site) -> None:
    assert Program(leads_site, "suran").get("/api/inbox?box=everything").status_code == 422
