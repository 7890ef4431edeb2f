"""What automatic steps do, one folder per domain."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

ENTRY_POINTS = "ltc_flow.handlers"
"""The group in which an installed package names the modules that register its service tasks and keepers."""

MODULES = (
    "handlers.lead.tasks",
    "handlers.lead.nurture_tasks",
    "handlers.lead.keeper",
    "handlers.deciding.tasks",
    "handlers.quality.tasks",
    "handlers.opportunity.keeper",
    "handlers.opportunity.unawaited",
    "handlers.opportunity.verify_tasks",
    "handlers.opportunity.guidance_tasks",
    "handlers.opportunity.closing_tasks",
    "handlers.opportunity.solution_tasks",
    "handlers.opportunity.bid_tasks",
    "handlers.opportunity.negotiation_tasks",
    "handlers.opportunity.signing_tasks",
    "handlers.authority.tasks",
    "handlers.customer.tasks",
    "handlers.documents.leads",
    "handlers.documents.opportunities",
    "handlers.documents.negotiations",
    "handlers.documents.contracts",
    "handlers.documents.contract_ends",
    "handlers.contract.keeper",
    "handlers.contract.unawaited",
    "handlers.contract.handover_tasks",
    "handlers.contract.milestone_tasks",
    "handlers.contract.money_tasks",
    "handlers.contract.change_tasks",
    "handlers.contract.concern_tasks",
    "handlers.contract.clearing_tasks",
    "handlers.contract.closing_tasks",
)


def load() -> None:
    """Register every service task, keeper of records and document; calling it again changes nothing.

    A company adds its own without a fork: an installed package with an entry point in ``ltc_flow.handlers`` whose
    module calls ``@service_task`` and ``register_keeper`` when it is imported.
    """
    for module in MODULES:
        import_module(module)
    for plug_in in entry_points(group=ENTRY_POINTS):
        plug_in.load()
