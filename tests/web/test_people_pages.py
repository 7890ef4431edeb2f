"""Administrators add people, give roles, reset passwords and keep the units."""

from __future__ import annotations

import re

from tests.web.conftest import Browser, Site


def _add(admin: Browser, **form: str) -> tuple[str, str]:
    """Add a person on the page; return the path of their page and the password shown."""
    admin.get("/people/new")
    shown = admin.post("/people/new", {"language": "en", "name_en": "New One", "username": "newone", **form})
    assert shown.status_code == 200, shown.text
    password = re.search(r'id="password">([^<]+)<', shown.text)
    path = re.search(r'href="(/people/\d+)"', shown.text)
    assert password
    assert path
    return path[1], password[1]


def test_a_new_person_signs_in_with_the_password_shown_once_and_sees_what_waits_for_the_role(site: Site) -> None:
    site.item("Screen the lead", role="fr")
    admin = site.browser("max")
    path, password = _add(admin, unit=str(site.units["office"].id))
    assert password not in admin.get(path).text
    assert admin.post(f"{path}/roles", {"role": "fr", "unit": str(site.units["office"].id)}).status_code == 302
    person = site.browser()
    assert person.sign_in("newone", password).status_code == 302
    assert "Screen the lead" in person.get("/inbox/?box=roles").text


def test_a_name_that_is_taken_is_refused_and_what_was_typed_stays(site: Site) -> None:
    admin = site.browser("max")
    admin.get("/people/new")
    response = admin.post("/people/new", {"language": "en", "name_en": "Another", "username": "SuRan"})
    assert response.status_code == 422
    assert "This user name is taken." in response.text
    assert 'value="Another"' in response.text


def test_ending_a_role_takes_its_tasks_away(site: Site) -> None:
    site.item("Screen the lead", role="sr")
    admin, person = site.browser("max"), site.browser("suran")
    assert "Screen the lead" in person.get("/inbox/?box=roles").text
    page = admin.get(f"/people/{site.users['suran'].id}").text
    revoke = re.search(r'action="(/people/\d+/roles/\d+/revoke)"', page)
    assert revoke
    assert admin.post(revoke[1]).status_code == 302
    assert "Screen the lead" not in person.get("/inbox/?box=roles").text


def test_administrators_cannot_lock_themselves_out(site: Site) -> None:
    admin, me = site.browser("max"), site.users["max"].id
    page = admin.get(f"/people/{me}").text
    assert "/revoke" not in page
    assert admin.post(f"/people/{me}/active", {"active": "no"}).status_code == 422
    assert admin.get("/people/").status_code == 200


def test_a_new_password_ends_the_sessions_of_the_person(site: Site) -> None:
    admin, person = site.browser("max"), site.browser("suran")
    shown = admin.post(f"/people/{site.users['suran'].id}/password").text
    password = re.search(r'id="password">([^<]+)<', shown)
    assert password
    assert person.get("/inbox/").status_code == 302
    assert site.browser().sign_in("suran", password[1]).status_code == 302


def test_a_unit_is_added_below_another_and_says_who_screens_its_leads_and_which_flow_its_opportunities_take(
    site: Site,
) -> None:
    admin = site.browser("max")
    admin.get("/people/units")
    form = {"code": "gz", "name_en": "Guangzhou", "name_zh": "广州", "level": "rep"}
    parent = {"parent": str(site.units["region"].id)}
    assert admin.post("/people/units", form | parent).status_code == 302
    assert "Guangzhou" in admin.get("/people/units").text
    office = site.units["office"].id
    chosen = {"role": "fr", "flow": "four_step"}
    assert admin.post(f"/people/units/{office}/settings", chosen).status_code == 302
    page = admin.get("/people/units").text
    assert '<option value="fr" selected>' in page
    assert '<option value="four_step" selected>' in page
    assert admin.post(f"/people/units/{office}/settings", {"flow": "five_step"}).status_code == 422
    upside_down = admin.post("/people/units", {**form, "code": "top", "level": "company"} | parent)
    assert upside_down.status_code == 422
    assert "A unit cannot be above the unit it belongs to." in upside_down.text


def test_people_are_found_by_either_name(site: Site) -> None:
    admin = site.browser("max")
    assert "An Rui" in admin.get("/people/?q=安睿").text
    page = admin.get("/people/?q=su ran").text
    assert "Su Ran" in page
    assert "An Rui" not in page
