"""The shipped stories by the part of the road that they are about.

Each part is played in a test module of its own, so that several workers share the work, and takes every flow of its
diagrams without help from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.releases.operations import read_folder
from engine.scenarios import read
from engine.settings import Settings
from webui.scenarios import play_all

FILES = read_folder(Path(__file__).parent.parent / "processes")
STORIES, USUAL = read({path: content for path, content in FILES.items() if path.startswith("scenarios/")})
ZONE = Settings.from_environment({"LTC_DATA": "var"}).zone

PARTS = ("leads", "opportunities", "proposals", "contracts", "road")
_PROPOSALS = (
    "four_dimension_review", "opportunity_bid", "opportunity_credit", "opportunity_extend", "opportunity_formulate",
    "opportunity_negotiate", "opportunity_overall_solution", "opportunity_prepare", "opportunity_proposal",
    "opportunity_result", "opportunity_revise", "opportunity_sign", "opportunity_solution", "opportunity_tender",
    "tender_",
)  # fmt: skip
"""How the diagrams between the guidance of an opportunity and its contract begin."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the stories of a part went; how many flows and boundary events its diagrams have, and those not taken."""

    failures: dict[str, list[str]]
    flows: int
    missed: dict[str, set[str]]


def part_of_story(file: str) -> str:
    """Return the part to which a story belongs; the one over the whole road is a part of its own."""
    name = Path(file).stem
    if name == "lead_to_cash":
        return "road"
    if name.startswith("lead_"):
        return "leads"
    if name.startswith("solution_"):
        return "proposals"
    return "opportunities" if name.startswith(("opportunity_", "four_step_")) else "contracts"


def part_of_diagram(process_id: str) -> str:
    """Return the part to which a diagram belongs."""
    if process_id.startswith("lead"):
        return "leads"
    if process_id.startswith("contract"):
        return "contracts"
    return "proposals" if process_id.startswith(_PROPOSALS) else "opportunities"


def files_of(part: str) -> list[str]:
    """Return the stories of a part."""
    return [story.file for story in STORIES if part_of_story(story.file) == part]


def play_part(part: str) -> Told:
    """Play the stories of a part, each in a company of its own."""
    mine = files_of(part)
    played, reached = play_all(FILES, ZONE, [story for story in STORIES if story.file in mine], USUAL)
    flows = sum(len(flows) for process_id, flows in reached.all.items() if part_of_diagram(process_id) == part)
    missed = {process_id: flows for process_id, flows in reached.missed.items() if part_of_diagram(process_id) == part}
    return Told({each.scenario.file: each.failures for each in played}, flows, missed)
