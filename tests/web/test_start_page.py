"""What a person may start: by role, and of the two opportunity flows only that of the own unit."""

from __future__ import annotations

from engine.database import transaction
from handlers.organisation.operations import set_opportunity_flow
from handlers.organisation.records import OrgUnit
from tests.web.conftest import Site


def test_an_opportunity_is_registered_by_an_ar_in_the_flow_of_the_unit(leads_site: Site) -> None:
    site = leads_site
    browser = site.browser("anrui")
    assert 'href="/start/opportunity"' in browser.get("/start/").text
    assert browser.get("/start/opportunity_four_step").status_code == 403
    first_form = browser.get("/start/opportunity")
    assert first_form.status_code == 200
    assert 'name="delivery_on"' in first_form.text
    assert 'href="/start/opportunity"' not in site.browser("eve").get("/start/").text
    assert site.browser("eve").get("/start/opportunity").status_code == 403
    with transaction(site.product.sessions) as session:
        set_opportunity_flow(session.get_one(OrgUnit, site.units["office"].id), "four_step")
    assert 'href="/start/opportunity"' not in browser.get("/start/").text
    assert browser.get("/start/opportunity").status_code == 403
    assert 'href="/start/opportunity_four_step"' in browser.get("/start/").text
    assert 'name="delivery_on"' in browser.get("/start/opportunity_four_step").text
