"""One opportunity with everything that is known of it."""

from __future__ import annotations

from datetime import date

from flask import render_template
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import NotFound
from engine.instances import queries as cases
from engine.instances.sending import sendable
from engine.releases import queries as releases
from handlers.contract import queries as contracts
from handlers.contract.records import Contract
from handlers.lead import queries as leads
from handlers.lead.records import Lead
from handlers.opportunity import queries
from handlers.opportunity.pipeline import STAGES
from handlers.opportunity.records import Opportunity
from handlers.opportunity.statuses import RESULTS, STATUSES, TIERS
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from webui.cases.access import case_of
from webui.cases.dossier import Section, chapters_of, sections
from webui.cases.governance import BODIES, governance, tell_flags, today
from webui.cases.timeline import Story
from webui.cases.views import about
from webui.documents.listing import documents_of
from webui.i18n import day, language
from webui.opportunities.insights import Insights, insights
from webui.opportunities.messages import NEWS
from webui.opportunities.pages import blueprint
from webui.opportunities.papers import WHOLE_PAPERS, Papers, latest_at, papers_of
from webui.opportunities.words import (
    ACCEPTANCES,
    ADVICE,
    CELLS,
    CHAPTERS,
    EFFECTS,
    FLOWS,
    KDM_ROLES,
    PROCESSES,
    PURCHASE_MODES,
    RISKS,
    SOURCES,
    TONES,
    VERDICTS,
)
from webui.runtime import current_actor, reading, room
from webui.security import shows_diagram
from webui.words import unit_name, word


@blueprint.get("/<int:opportunity_id>")
@shows_diagram
def show(opportunity_id: int) -> str:
    """Show one opportunity."""
    actor = current_actor()
    with reading() as db:
        opportunity = queries.visible(db, opportunity_id, actor)
        return _page(db, opportunity, actor)


@blueprint.app_template_filter("iso_day")
def iso_day(text: object) -> str:
    """Return a day that an answer holds as text; what is no day stays as it is."""
    try:
        return day(date.fromisoformat(str(text)))
    except ValueError:
        return str(text or "")


def _page(db: Session, opportunity: Opportunity, actor: Actor) -> str:
    case = case_of(db, "opportunity", opportunity.id, PROCESSES)
    known: list[Section] = []
    parts: dict[str, object] = {}
    drawn, papers, awaited = Insights(), Papers(), set[str]()
    if case is not None:
        events = cases.story(db, case.id)
        parts = about(db, case, events)
        program = releases.program(db, case.release_id)
        known = sections(db, program, case.id, events)
        drawn, papers = insights(db, opportunity, events), papers_of(known, events)
        awaited = set(sendable(db, case.id, by=actor, room=room()))
    governed = governance(db, "opportunity", opportunity.id)
    if isinstance(story := parts.get("story"), Story):
        tell_flags(story, governed.flags)
    team = _team(opportunity)
    people = {*team.values(), opportunity.created_by, *governed.people(), *papers.people()}
    names = organisation.names(db, people, language())
    units = {each.id: unit_name(each) for each in organisation.units(db)}
    return render_template(
        "opportunities/show.html",
        **parts,
        opportunity=opportunity,
        team=team,
        role_title=name_of,
        names=names,
        units=units,
        lead=_lead(db, opportunity, actor),
        contract=_contract(db, opportunity, actor),
        chapters=chapters_of([each for each in known if each.element not in WHOLE_PAPERS], CHAPTERS),
        governance=governed,
        drawn=drawn,
        papers=papers,
        decision_atb=latest_at(governed.decisions, "ATB"),
        decision_atc=latest_at(governed.decisions, "ATC"),
        effects=EFFECTS,
        acceptances=ACCEPTANCES,
        today=today(),
        news={name: each for name, each in NEWS.items() if each.message in awaited},
        kdm_roles=KDM_ROLES,
        cell_names=CELLS,
        actor=actor,
        stages=STAGES,
        statuses=STATUSES,
        tiers=TIERS,
        results=RESULTS,
        sources=SOURCES,
        flows=FLOWS,
        risks=RISKS,
        modes=PURCHASE_MODES,
        level_bodies=BODIES,
        advice=ADVICE,
        verdicts=VERDICTS,
        tones=TONES,
        word=word,
        documents=documents_of(db, "opportunity", opportunity.id),
    )


def _team(opportunity: Opportunity) -> dict[str, int]:
    team = {
        "ar": opportunity.ar_id,
        "sr": opportunity.sr_id,
        "fr": opportunity.fr_id,
        "pd": opportunity.pd_id,
        "sponsor": opportunity.sponsor_id,
    }
    return {role: person for role, person in team.items() if person is not None}


def _lead(db: Session, opportunity: Opportunity, actor: Actor) -> Lead | None:
    """Return the lead that the opportunity came from, for those who may see it."""
    if opportunity.lead_id is None:
        return None
    try:
        return leads.visible(db, opportunity.lead_id, actor)
    except NotFound:
        return None


def _contract(db: Session, opportunity: Opportunity, actor: Actor) -> Contract | None:
    """Return the contract that the opportunity was won with, for those who may see it."""
    found = contracts.of_opportunity(db, opportunity.id)
    if found is None:
        return None
    try:
        return contracts.visible(db, found.id, actor)
    except NotFound:
        return None
