"""One contract with everything that is known of it."""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import NotFound
from engine.instances import queries as cases
from engine.instances.records import RUNNING
from engine.releases import queries as releases
from handlers.contract import queries
from handlers.contract.deviations import of_contract
from handlers.contract.operations import REGISTERED_TERMS
from handlers.contract.queries import ContractPage
from handlers.contract.records import Contract, Invoice, Milestone
from handlers.contract.statuses import (
    CHANGE_STATUSES,
    DISPUTE_STAGES,
    DISPUTE_STATUSES,
    EVIDENCE,
    FLAGS,
    MILESTONE_STATUSES,
    OBLIGATION_KINDS,
    OBLIGATION_STATUSES,
    RISK_STATUSES,
    STATUSES,
)
from handlers.opportunity import queries as opportunities
from handlers.opportunity.records import Opportunity
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from webui.cases.access import case_of, side_cases
from webui.cases.dossier import Section, chapters_of, sections
from webui.cases.governance import BODIES, governance, tell_flags, today
from webui.cases.timeline import Story
from webui.cases.views import about
from webui.contracts.messages import offered
from webui.contracts.pages import blueprint
from webui.contracts.papers import CLOSING, WHOLE_PAPERS, Package, package_of
from webui.contracts.terms import Comparison, compare
from webui.contracts.words import CHAPTERS, DISPUTE_OUTCOMES, STAGES, TERMINATION_REASONS, TONES, VERDICTS
from webui.documents.listing import documents_of
from webui.i18n import language
from webui.runtime import current_actor, reading
from webui.security import shows_diagram
from webui.words import unit_name, word

PROCESS = "contract"
TEAM = ("ar", "sr", "fr", "pd", "contract_mgr", "delivery_pm")
SCORES = ("product", "delivery", "service", "interface", "overall")


@blueprint.get("/<int:contract_id>")
@shows_diagram
def show(contract_id: int) -> str:
    """Show one contract."""
    actor = current_actor()
    with reading() as db:
        return _page(db, queries.page_of(db, contract_id, actor), actor)


def _page(db: Session, page: ContractPage, actor: Actor) -> str:
    contract = page.contract
    case = case_of(db, "contract", contract.id, [PROCESS])
    side = side_cases(db, "contract", contract.id, PROCESS)
    known: list[Section] = []
    parts: dict[str, object] = {}
    package = Package()
    if case is not None:
        events = cases.story(db, case.id)
        parts = about(db, case, events, beside=[each.id for each in side.values() if each.status == RUNNING])
        known = sections(db, releases.program(db, case.release_id), case.id, events)
        package = package_of(known, events)
    governed = governance(db, "contract", contract.id)
    if isinstance(story := parts.get("story"), Story):
        tell_flags(story, governed.flags)
    team = {role: person for role in TEAM if (person := getattr(contract, f"{role}_id")) is not None}
    people = {*page.people, *team.values(), contract.created_by, *governed.people(), *package.people()}
    terms = compare(known, contract.facts.get(REGISTERED_TERMS, {}))
    return render_template(
        "contracts/show.html",
        **parts,
        page=page,
        contract=contract,
        team=team,
        role_title=name_of,
        names=organisation.names(db, people, language()),
        units={each.id: unit_name(each) for each in organisation.units(db)},
        opportunity=_opportunity(db, contract, actor),
        side=side,
        invoices=_by_milestone(page),
        terms=terms,
        deviations=of_contract(contract),
        package=package,
        closing=next((each for each in known if each.element == CLOSING), None),
        due=_due(page),
        chapters=chapters_of(_without(known, terms), CHAPTERS),
        governance=governed,
        actor=actor,
        today=today(),
        acts=offered(contract, actor),
        scores={each: getattr(contract, f"score_{each}") for each in SCORES},
        heat=_heat(page),
        stages=STAGES,
        statuses=STATUSES,
        flags=FLAGS,
        milestone_statuses=MILESTONE_STATUSES,
        evidence=EVIDENCE,
        change_statuses=CHANGE_STATUSES,
        dispute_statuses=DISPUTE_STATUSES,
        dispute_stages=DISPUTE_STAGES,
        dispute_outcomes=DISPUTE_OUTCOMES,
        risk_statuses=RISK_STATUSES,
        obligation_kinds=OBLIGATION_KINDS,
        obligation_statuses=OBLIGATION_STATUSES,
        level_bodies=BODIES,
        reasons=TERMINATION_REASONS,
        verdicts=VERDICTS,
        tones=TONES,
        word=word,
        documents=documents_of(db, "contract", contract.id),
    )


def _without(known: list[Section], terms: Comparison | None) -> list[Section]:
    """Leave out what has its own place on the page, the sheets of key terms when they stand side by side."""
    shown = {*WHOLE_PAPERS, *(terms.elements if terms is not None else ())}
    return [each for each in known if each.element not in shown]


def _due(page: ContractPage) -> tuple[Milestone | None, int]:
    """Return the milestone that is delivered next, and the money that is overdue in fen."""
    planned = [each for each in page.milestones if each.status == "PLANNED"]
    late = sum(each.open_amount for each in page.invoices if each.due_on < today())
    return min(planned, key=lambda each: each.planned_on, default=None), late


def _by_milestone(page: ContractPage) -> dict[int, list[Invoice]]:
    found: dict[int, list[Invoice]] = {}
    for each in page.invoices:
        found.setdefault(each.milestone_id, []).append(each)
    return found


def _heat(page: ContractPage) -> dict[tuple[int, int], list[int]]:
    """Return the numbers of the open risks by probability and effect, for the 5 × 5 map."""
    found: dict[tuple[int, int], list[int]] = {}
    for each in page.risks:
        if each.status == "OPEN" and each.probability and each.effect:
            found.setdefault((each.probability, each.effect), []).append(each.no)
    return found


def _opportunity(db: Session, contract: Contract, actor: Actor) -> Opportunity | None:
    """Return the opportunity that was won with the contract, for those who may see it."""
    if contract.opportunity_id is None:
        return None
    try:
        return opportunities.visible(db, contract.opportunity_id, actor)
    except NotFound:
        return None


def is_late(milestone: Milestone) -> bool:
    """Whether a milestone is not delivered although its day has passed."""
    return milestone.status == "PLANNED" and milestone.planned_on < today()


blueprint.add_app_template_test(is_late, "late_milestone")
