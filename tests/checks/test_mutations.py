"""Random faults in the shipped processes are refused where they were made; harmless edits are not refused."""

from __future__ import annotations

import os

import handlers
from engine.checks import check
from engine.findings import ERROR
from engine.service_tasks import catalogue
from handlers.known import known
from tests.checks.mutations import FAULTS, HARMLESS, Edit, edits

SOAKING = "SOAK_SECONDS" in os.environ
FAULTY, HARMLESS_EDITS = (300, 300) if SOAKING else (40, 20)
FLOW = "" if SOAKING else "lead"
"""Which diagrams are edited: all when there is time, those of leads in the ordinary tests."""
SEED = 20261127


def errors(edit: Edit) -> list[tuple[str, str | None]]:
    handlers.load()
    found = check(edit.files, catalogue(), known())
    return [(each.rule, each.element) for each in found if each.severity == ERROR]


def test_faulty_edits_are_refused_at_the_right_element() -> None:
    missed, elsewhere = [], []
    for edit in edits(FAULTS, FAULTY, SEED, FLOW):
        found = errors(edit)
        if not found:
            missed.append(edit.what)
        elif not {element for _, element in found} & edit.places:
            elsewhere.append((edit.what, found))
    assert len(missed) <= FAULTY // 100, missed
    assert len(elsewhere) <= FAULTY // 100, elsewhere


def test_harmless_edits_are_not_refused() -> None:
    refused = [(edit.what, found) for edit in edits(HARMLESS, HARMLESS_EDITS, SEED, FLOW) if (found := errors(edit))]
    assert refused == []
