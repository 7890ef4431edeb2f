"""One lead with everything that is known of it, and the log of what its owner did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.errors import InvalidAnswers, NotAllowed, NotFound
from engine.inbox import queries as inbox
from engine.inbox.answers import validate
from engine.inbox.attachments import tie, tokens_in
from engine.instances import queries as cases
from engine.instances.records import ProcessInstance
from engine.interpreter import Program
from engine.releases import queries as releases
from engine.text import Text
from handlers.lead import operations, queries
from handlers.lead.records import Lead
from handlers.lead.statuses import FINAL, STATUSES
from handlers.opportunity import queries as opportunities
from handlers.opportunity.records import Opportunity
from handlers.organisation import queries as organisation
from webui.cases.access import case_of
from webui.cases.dossier import rows_of, sections
from webui.cases.views import about
from webui.documents.listing import documents_of
from webui.forms import pages as forms
from webui.forms.pages import FormPage
from webui.forms.sentences import sentences
from webui.i18n import language
from webui.leads.pages import blueprint
from webui.leads.pains import PAINS, pain_chain
from webui.leads.words import CHANNELS, MATURITIES, STALE, STEPS, TONES
from webui.runtime import current_actor, reading, room, runtime, transaction
from webui.security import shows_diagram
from webui.words import unit_name, word

ACTIVITY_FORM = ("lead_activity.schema.json", "lead_activity.ui.json")


@blueprint.get("/<int:lead_id>")
@shows_diagram
def show(lead_id: int) -> str:
    """Show one lead."""
    with reading() as db:
        return _page(db, lead_id)


@blueprint.post("/<int:lead_id>/activities")
@shows_diagram
def add_activity(lead_id: int) -> Response | tuple[str, int]:
    """Log what was done for a lead."""
    actor = current_actor()
    with reading() as db:
        queries.visible(db, lead_id, actor)
        case = case_of(db, "lead", lead_id)
        schema, ui = activity_form(releases.program(db, _release(db, case)))
    given = forms.posted(schema, ui)
    answers = given.answers
    try:
        given.refuse_bad_files()
        with transaction() as db:
            lead = operations.locked(db, lead_id)
            if lead is None or not may_log(lead, actor.user_id, actor.roles):
                raise NotAllowed(lead=lead_id)
            validate(schema, answers)
            if case is not None:
                _tie(db, schema, answers, case)
            operations.add_activity(db, lead, answers, by=actor, now=room().clock.now())
    except InvalidAnswers as refused:
        with reading() as db:
            return _page(db, lead_id, answers, sentences(refused.errors)), 422
    flash(gettext("The activity is logged."), "done")
    return redirect(url_for(".show", lead_id=lead_id, _anchor="activities"))


def _tie(db: Session, schema: Mapping[str, Any], answers: Mapping[str, Any], case: ProcessInstance) -> None:
    """Tie the files of an activity: they belong to the case, by the last work item that it had."""
    items = inbox.of_instance(db, case.id)
    if items:
        tie(
            db, tokens_in(schema, answers), instance_id=case.id, work_item_id=items[-1].id, by=current_actor()
        )  # fmt: skip


def may_log(lead: Lead, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether somebody may log activities: who answers for the lead, and lead managers; not once it is over."""
    return lead.status not in FINAL and (user_id in {lead.owner_id, lead.co_owner_id} or "lead_manager" in roles)


def _release(db: Session, case: ProcessInstance | None) -> int:
    return case.release_id if case is not None else releases.current(db).id


def activity_form(program: Program) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the form in which activities are logged."""
    return forms.schemas(program, *ACTIVITY_FORM)


def _page(
    db: Session,
    lead_id: int,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> str:
    actor = current_actor()
    page = queries.page_of(db, lead_id, actor)
    case = case_of(db, "lead", lead_id)
    program = releases.program(db, _release(db, case))
    logs = may_log(page.lead, actor.user_id, actor.roles)
    form = _form(db, program, values, errors) if logs else None
    events = cases.story(db, case.id) if case is not None else []
    parts = about(db, case, events) if case is not None else {}
    known = sections(db, program, case.id, events) if case is not None else []
    units = {each.id: unit_name(each) for each in organisation.units(db)}
    involved = set(page.people) | set(page.lead.refused_by)
    people = organisation.names(db, involved, language())
    related = queries.with_ids(
        db, {each for each in (page.lead.duplicate_of_id, page.lead.merged_into_id) if each is not None}
    )  # fmt: skip
    merged_into = _allowed(db, related)
    return render_template(
        "leads/show.html",
        **parts,
        lead=page.lead,
        page=page,
        names=people,
        units=units,
        known=known,
        chain=pain_chain(rows_of(known, PAINS, "pains")),
        related=merged_into,
        opportunity=_opportunity(db, page.lead),
        form=form,
        statuses=STATUSES,
        tones=TONES,
        maturities=MATURITIES,
        channels=CHANNELS,
        stale=STALE,
        due_on=queries.next_activity_on(db, page.lead),
        nurturing=STEPS,
        word=word,
        kinds=_kinds(program),
        documents=documents_of(db, "lead", lead_id),
    )


def _opportunity(db: Session, lead: Lead) -> Opportunity | None:
    """Return the opportunity that the lead became, for those who may see it."""
    if lead.opportunity_id is None:
        return None
    try:
        return opportunities.visible(db, lead.opportunity_id, current_actor())
    except NotFound:
        return None


def _allowed(db: Session, leads: list[Lead]) -> dict[int, Lead]:
    found = {}
    for each in leads:
        try:
            found[each.id] = queries.visible(db, each.id, current_actor())
        except NotFound:
            continue
    return found


def _form(
    db: Session, program: Program, values: Mapping[str, Any] | None, errors: Mapping[str, list[str]] | None
) -> FormPage:
    schema, ui = activity_form(program)
    begun = values if values is not None else {"happened_on": _today()}
    return forms.page(db, schema, ui, begun, current_actor(), errors)


def _today() -> str:
    return room().clock.now().astimezone(runtime().settings.zone).date().isoformat()


def _kinds(program: Program) -> dict[str, Text]:
    """Return the words for the kinds of activities, as the form has them."""
    kinds = program.form(ACTIVITY_FORM[0]).get("properties", {}).get("kind", {}).get("oneOf", [])
    words = {each["const"]: Text(each.get("title", ""), each.get("x-title-zh", "")) for each in kinds}
    return words | {"merged": Text("Merged into this one", "并入本线索")}
