"""Incidents: administrators see what failed, try it again, or give it up with a reason."""

from __future__ import annotations

from engine.database import transaction
from engine.jobs.records import DISMISSED, INCIDENT, WAITING, Incident, Job
from tests.web.conftest import Site


def _incident(site: Site) -> int:
    now = site.clock.now()
    with transaction(site.product.sessions) as session:
        job = Job(
            kind="service",
            payload={},
            status=INCIDENT,
            tries=5,
            failures=5,
            created_at=now,
            due_at=now,
            finished_at=now,
        )
        session.add(job)
        session.flush()
        incident = Incident(
            job_id=job.id, kind="service", element="send_mail", error_class="TimeoutError",
            error_text="mail server silent", trace="Traceback …", opened_at=now,
        )  # fmt: skip
        session.add(incident)
        session.flush()
        return incident.id


def _job(site: Site, incident_id: int) -> Job:
    with transaction(site.product.sessions) as session:
        return session.get_one(Job, session.get_one(Incident, incident_id).job_id)


def test_only_administrators_see_incidents(site: Site) -> None:
    incident_id = _incident(site)
    for address in ("/incidents/", f"/incidents/{incident_id}"):
        assert site.browser("lin").get(address).status_code == 403
        assert "mail server silent" in site.browser("max").get(address).text


def test_trying_again_puts_the_work_back_and_settles_the_incident_once(site: Site) -> None:
    incident_id = _incident(site)
    admin = site.browser("max")
    admin.get("/incidents/")
    assert admin.post(f"/incidents/{incident_id}/retry").status_code == 302
    assert _job(site, incident_id).status == WAITING
    assert "mail server silent" not in admin.get("/incidents/").text
    assert admin.post(f"/incidents/{incident_id}/retry").status_code == 409


def test_giving_up_needs_a_reason(site: Site) -> None:
    incident_id = _incident(site)
    admin = site.browser("max")
    admin.get(f"/incidents/{incident_id}")
    admin.post(f"/incidents/{incident_id}/dismiss", {"note": "  "})
    assert _job(site, incident_id).status == INCIDENT
    admin.post(f"/incidents/{incident_id}/dismiss", {"note": "sent by hand"})
    assert _job(site, incident_id).status == DISMISSED
    assert "sent by hand" in admin.get(f"/incidents/{incident_id}").text
