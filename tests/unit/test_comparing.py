"""Two sets of processes are compared by what they say, and the difference is told in sentences."""

from __future__ import annotations

import json
from pathlib import Path

from engine.comparing import CHANGED, compare, sentences
from tests.diagrams import Diagram

PROCESSES = Path(__file__).parents[2] / "processes"


def offer(*, limit: str = "50000", approver: str = "manager", due: str = "P2D", extra: bool = False) -> bytes:
    """Check an offer; somebody approves above a limit."""
    drawn = Diagram("offer").start().end().task("check_offer", "ar").task("approve", approver, due=due)
    drawn.gateway("is_it_big", "exclusive", default="is_it_big_to_done")
    drawn.line("begin", "check_offer", "is_it_big").flow("is_it_big", "approve", f"amount > {limit}")
    drawn.flow("is_it_big", "done")
    if extra:
        drawn.task("sign", "boss").line("approve", "sign", "done")
    else:
        drawn.line("approve", "done")
    return drawn.xml()


def told(
    old: bytes, new: bytes, items: dict[tuple[str, str], int] | None = None, path: str = "offer.bpmn"
) -> list[str]:
    """The English sentences; every one has its Chinese."""
    (changed,) = compare({path: old}, {path: new})
    said = sentences(changed, items)
    assert all(each.text.zh and each.text.zh != each.text.en for each in said)
    return [each.text.en for each in said]


def test_nothing_differs_where_only_the_writing_does() -> None:
    (changed,) = compare({"offer.bpmn": offer()}, {"offer.bpmn": offer().replace(b"><", b">\n<")})
    assert changed.differences == []
    assert compare({"offer.bpmn": offer()}, {"offer.bpmn": offer()}) == []


def test_a_condition_names_the_old_and_the_new_limit() -> None:
    assert "After “Is it big” the case goes to “Approve” when amount > 80000 (was: amount > 50000)." in told(
        offer(), offer(limit="80000")
    )


def test_a_task_moved_to_another_lane_names_both_roles_and_who_is_affected() -> None:
    said = told(offer(), offer(approver="boss"), {("offer", "approve"): 12})
    assert "“Approve” is now done by boss instead of manager; 12 open items are affected." in said
    (changed,) = compare({"a.bpmn": offer()}, {"a.bpmn": offer(approver="boss")})
    assert changed.marks(after=True)["approve"] == CHANGED
    assert any("改由" in each.text.zh for each in sentences(changed))


def test_a_new_task_is_told_with_its_place_and_its_role_and_without_its_arrows() -> None:
    said = told(offer(), offer(extra=True))
    assert "After “Approve” boss now does “Sign”." in said
    assert not [each for each in said if "can now go" in each or ("no longer goes" in each and "Sign" in each)]
    gone = told(offer(extra=True), offer(), {("offer", "sign"): 1})
    assert "“Sign” is no longer there; 1 open item is affected." in gone


def test_a_property_is_told_with_both_values() -> None:
    assert told(offer(), offer(due="P5D")) == ["“Approve”: time allowed is now P5D (was P2D)."]


def test_rows_of_a_table_are_told_by_their_cells() -> None:
    table = (PROCESSES / "decisions" / "lead_exit.dmn").read_text()
    at = table.index("<rule ")
    changed = table[:at] + table[at:].replace('"CLOSE"', '"NURTURE"', 1)
    (said,) = told(table.encode(), changed.encode(), path="decisions/lead_exit.dmn")
    assert said.startswith("Row 1 (")
    assert said.endswith('result advice is now "NURTURE" (was "CLOSE").')
    end = table.index("</rule>") + len("</rule>")
    without = told(table.encode(), (table[:at] + table[end:]).encode(), path="decisions/lead_exit.dmn")
    assert any(each.startswith("Row 1 is gone") for each in without)


def test_fields_of_a_form_are_told_by_their_titles() -> None:
    form = json.loads((PROCESSES / "forms" / "lead_accept.schema.json").read_bytes())
    before = json.dumps(form).encode()
    form["properties"]["when"] = {"type": "string", "title": "From when?", "x-title-zh": "何时开始？"}
    form["required"].append("when")
    form["properties"]["acceptance"]["title"] = "Will you?"
    said = told(before, json.dumps(form).encode(), path="forms/lead_accept.schema.json")
    assert "The form now asks “From when?” (required)." in said
    assert "“Will you?”: English name is now Will you? (was Do you take this lead?)." in said
    form["allOf"] = []
    gone = told(before, json.dumps(form).encode(), path="forms/lead_accept.schema.json")
    assert any(each.startswith("The form no longer asks “Why not?”") for each in gone)


def test_what_cannot_be_read_is_told_all_the_same() -> None:
    assert told(b"<x", b"<y", path="broken.bpmn") == ["The text of this file is another."]
    (new,) = compare({}, {"scenarios/a.yaml": b"a: 1"})
    assert [each.text.en for each in sentences(new)] == ["This file is new."]
    (gone,) = compare({"offer.bpmn": offer()}, {})
    whole, approve = sentences(gone, {("offer", "approve"): 3})
    assert whole.text.en == "This file is deleted."
    assert "3 open items" in approve.text.en


def test_all_shipped_files_are_told_when_they_are_new() -> None:
    files = {
        path.relative_to(PROCESSES).as_posix(): path.read_bytes()
        for path in sorted(PROCESSES.rglob("*"))
        if path.suffix in {".bpmn", ".dmn", ".json", ".yaml"}
    }
    for changed in compare({}, files):
        assert sentences(changed) or changed.path.endswith(".json"), changed.path
