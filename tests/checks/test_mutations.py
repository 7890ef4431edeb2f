"""Random faults in the shipped processes are refused where they were made; harmless edits are not refused.

``make soak`` draws 300 of each. Whatever is drawn, only what an edit can influence is judged anew, and the answer is
the one that judging everything gives.
"""

from __future__ import annotations

import os
from functools import partial

import pytest

import handlers
from engine.checks import check
from engine.findings import ERROR, Finding
from engine.kept import Kept, for_checks
from engine.releases.operations import read_folder
from engine.service_tasks import catalogue
from handlers.known import known
from tests.checks.editing import PROCESSES, Edit, edits
from tests.checks.faults import FAULTS
from tests.checks.harmless import HARMLESS

SOAKING = "SOAK_SECONDS" in os.environ
FAULTY, HARMLESS_EDITS = (300, 300) if SOAKING else (24, 12)
COMPARED = 30 if SOAKING else 3
SEED = 20261127


@pytest.fixture(scope="module")
def kept() -> Kept:
    handlers.load()
    store = for_checks()
    assert not [each for each in check(read_folder(PROCESSES), catalogue(), known(), kept=store) if is_error(each)]
    return store


def is_error(finding: Finding) -> bool:
    return finding.severity == ERROR


def errors(edit: Edit, kept: Kept) -> list[tuple[str, str | None]]:
    found = check(edit.files, catalogue(), known(), kept=kept)
    return [(each.rule, each.element) for each in found if is_error(each)]


def test_faulty_edits_are_refused_at_the_right_element(kept: Kept) -> None:
    missed, elsewhere = [], []
    for edit in edits(FAULTS, FAULTY, SEED):
        found = errors(edit, kept)
        if not found:
            missed.append(edit.what)
        elif not {element for _, element in found} & edit.places:
            elsewhere.append((edit.what, found))
    assert len(missed) + len(elsewhere) <= max(1, FAULTY // 100), (missed, elsewhere)


def test_a_value_that_a_handler_never_gives_back_is_refused_too(kept: Kept) -> None:
    name, files = "lead_nurture.bpmn", read_folder(PROCESSES)
    files[name] = files[name].replace(b'maturity == "hot"', b'maturity == "hot_x"', 1)
    assert ("data-value", name) in {(each.rule, each.file) for each in check(files, catalogue(), known(), kept=kept)}


def test_harmless_edits_are_not_refused(kept: Kept) -> None:
    refused = [(edit.what, found) for edit in edits(HARMLESS, HARMLESS_EDITS, SEED) if (found := errors(edit, kept))]
    assert refused == []


def test_what_is_kept_of_earlier_files_changes_no_answer(kept: Kept) -> None:
    for edit in edits([*HARMLESS, *FAULTS][::-7], COMPARED, SEED + 1):
        again = check(edit.files, catalogue(), known(), kept=kept)
        assert again == check(edit.files, catalogue(), known()), edit.what


def test_only_the_diagram_that_changed_is_read_and_played_anew() -> None:
    handlers.load()
    store = for_checks()
    files = {name: content for name, content in read_folder(PROCESSES).items() if "lead" in name or "sla" in name}
    check(files, catalogue(), known(), kept=store)
    before = store.counted()
    name = "lead_verify.bpmn"
    files[name] = files[name].replace(b"</bpmn:process>", b"  </bpmn:process>")
    check(files, catalogue(), known(), kept=store)
    grown = {kind: count - before[kind] for kind, count in store.counted().items() if count != before[kind]}
    assert grown.keys() <= {"file", "alone", "unread", "written", "asked", "heard", "passage", "explored"}
    assert (grown["file"], grown["explored"], grown["asked"]) == (1, 1, 1)
    assert grown["heard"] < before["heard"] / 2


def test_what_is_kept_is_bounded_and_goes_in_the_order_of_its_last_use() -> None:
    store = Kept({"word": 2})
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word.upper()

    assert [store.get("word", each, partial(make, each)) for each in ("a", "b", "a", "c", "a", "b")] == [
        "A",
        "B",
        "A",
        "C",
        "A",
        "B",
    ]
    assert made == ["a", "b", "c", "b"]
    assert store.counted() == {"word": 2}
