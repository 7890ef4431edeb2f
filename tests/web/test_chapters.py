"""What was answered stands on the page of a record under the step of the flow to which it belongs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from lxml import etree

from engine.text import Text
from webui.contracts.words import CHAPTERS as OF_CONTRACTS
from webui.opportunities.words import CHAPTERS as OF_OPPORTUNITIES

PROCESSES = Path(__file__).parents[2] / "processes"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def _asking(process_id: str, seen: set[str]) -> set[str]:
    """Return the processes with tasks for people among ``process_id`` and those that it calls."""
    seen.add(process_id)
    root = etree.parse(PROCESSES / f"{process_id}.bpmn").getroot()
    called = {each.get("calledElement") for each in root.iter(f"{BPMN}callActivity")} - seen
    found = {process_id} if root.find(f".//{BPMN}userTask") is not None else set()
    return found.union(*(_asking(each, seen) for each in sorted(called - seen)))


@pytest.mark.parametrize(
    ("process_id", "chapters"),
    [
        ("opportunity", OF_OPPORTUNITIES),
        ("opportunity_four_step", OF_OPPORTUNITIES),
        ("contract", OF_CONTRACTS),
    ],
)
def test_every_process_that_asks_people_has_its_chapter(
    process_id: str, chapters: Collection[tuple[Text, Collection[str]]]
) -> None:
    assert _asking(process_id, set()) - {each for _, processes in chapters for each in processes} == set()
