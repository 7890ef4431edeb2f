"""The pages of granted authority: who sees them, granting with errors at the field, ending."""

from __future__ import annotations

import re

import sqlalchemy as sa

from engine.database import count_statements, reading
from handlers.authority.records import Authority
from tests.web.conftest import Browser, Site

GRANT = {
    "level": "region",
    "amount": "500.5",
    "margin": "20",
    "discount": "10",
    "days": "60",
    "liability": "capped",
    "delay": "0",
    "start": "2026-11-23",
    "until": "",
}


def _wrong(page: str) -> set[str]:
    return set(re.findall(r'<(?:input|select)[^>]*is-invalid"[^>]* id="([^"]+)"', page))


def _stored(site: Site) -> list[Authority]:
    with reading(site.product.sessions) as session:
        return list(session.scalars(sa.select(Authority).order_by(Authority.id)))


def _grant(browser: Browser, **other: str) -> int:
    browser.get("/authority/new")
    return browser.post("/authority/new", GRANT | other).status_code


def test_a_process_owner_grants_to_a_unit_and_an_administrator_ends_it(site: Site) -> None:
    owner, office = site.browser("ouyang"), site.units["office"].id
    assert "Nobody holds authority today" in owner.get("/authority/?lang=en").text
    assert _grant(owner, holder=f"unit-{office}") == 302
    page = owner.get("/authority/?lang=en").text
    for words in ("up to CNY 5,005,000", "gross margin from 20 %", "payment within 60 days", "entered by Ouyang"):
        assert words in page
    chinese = owner.get("/authority/?lang=zh_CN").text
    assert "合同额不超过 500.5 万元" in chinese
    (made,) = _stored(site)
    assert (made.unit_id, made.user_id, made.max_amount) == (office, None, 500_500_000)
    admin = site.browser("max")
    assert admin.get(f"/authority/{made.id}/end").status_code == 200
    too_early = admin.post(f"/authority/{made.id}/end", {"on": "2026-11-22"})
    assert (too_early.status_code, _wrong(too_early.text)) == (422, {"on"})
    assert admin.post(f"/authority/{made.id}/end", {"on": "2026-11-23"}).status_code == 302
    (ended,) = _stored(site)
    assert (str(ended.valid_to), ended.ended_by, ended.ended_at) == (
        "2026-11-23",
        site.users["max"].id,
        site.clock.now(),
    )
    assert "ended by Max" in admin.get("/authority/?lang=en").text


def test_what_is_wrong_stands_at_its_field_and_nothing_is_granted(site: Site) -> None:
    browser, person = site.browser("ouyang"), site.users["anrui"].id
    browser.get("/authority/new")
    refused = browser.post(
        "/authority/new", GRANT | {"amount": "much", "margin": "200", "days": "1.5", "until": "2026-01-01"}
    )
    assert refused.status_code == 422
    assert _wrong(refused.text) == {"holder", "amount", "margin", "days", "until"}
    assert 'value="much"' in refused.text, "what was typed stays"
    for forged in (f"person-{site.users['eve'].id}", "unit-999999", "person-", "9"):
        assert _grant(browser, holder=forged) == 422, "only units, and people who hold a role"
    assert _grant(browser, holder=f"person-{site.users['ouyang'].id}") == 422, "nobody grants to themselves"
    assert _stored(site) == []
    assert _grant(browser, holder=f"person-{person}") == 302
    assert [each.user_id for each in _stored(site)] == [person]


def test_only_process_owners_and_administrators_keep_authority(site: Site) -> None:
    browser = site.browser("anrui")
    assert browser.get("/authority/").status_code == 403
    assert _grant(browser, holder=f"unit-{site.units['office'].id}") == 403
    assert site.browser("ouyang").get("/authority/999/end").status_code == 404
    assert _stored(site) == []


def test_the_list_asks_as_often_for_many_grants_as_for_one(site: Site) -> None:
    browser, asked = site.browser("ouyang"), []
    for more in (1, 5):
        for _ in range(more):
            assert _grant(browser, holder=f"unit-{site.units['office'].id}") == 302
        browser.get("/authority/")
        with count_statements(site.product.engine) as count:
            browser.get("/authority/")
        asked.append(count.statements)
    assert asked[0] == asked[1]
