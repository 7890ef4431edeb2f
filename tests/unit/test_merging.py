"""Two people change the same processes: what they did is joined, and what cannot be joined is asked, never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

import handlers
from engine.interpreter import compile_release
from engine.merging import MINE, THEIRS, join, join_file
from engine.service_tasks import catalogue
from tests.diagrams import Diagram, chain

PROCESSES = Path(__file__).parents[2] / "processes"


def diagram(*steps: str, role: str = "ar", due: str = "P2D", **roles: str) -> bytes:
    """A chain of named tasks; a step may lie in a lane of its own."""
    drawn = Diagram("flow").start().end()
    for step in steps:
        drawn.task(step, roles.get(step, role), due=due if step == "check" else "P1D")
    return drawn.line("begin", *steps, "done").xml()


def facts(content: bytes) -> dict[str, str]:
    """What matters of a diagram: lane, due date and name of each task, ends of each flow."""
    root = etree.fromstring(content)
    found: dict[str, str] = {}
    for each in root.iter("{*}userTask"):
        due = each.find(".//{*}property[@name='due']")
        found[each.get("id")] = "" if due is None else due.get("value")
    for lane in root.iter("{*}lane"):
        for reference in lane.iter("{*}flowNodeRef"):
            found[f"lane of {reference.text}"] = lane.get("id")
    for flow in root.iter("{*}sequenceFlow"):
        found[flow.get("id")] = f"{flow.get('sourceRef')}>{flow.get('targetRef')}"
    return found


def test_changes_of_different_elements_come_together() -> None:
    base = diagram("check", "decide")
    mine = diagram("check", "decide", due="P5D")
    theirs = diagram("check", "decide", "archive")
    joined, conflicts = join_file("flow.bpmn", base, mine, theirs)
    assert conflicts == []
    assert joined
    found = facts(joined)
    assert found["check"] == "P5D"
    assert found["archive"] == "P1D"
    assert found["decide_to_archive"] == "decide>archive"
    assert "decide_to_done" not in found
    assert found["lane of archive"] == "lane_ar"
    node = next(each for each in etree.fromstring(joined).iter("{*}userTask") if each.get("id") == "archive")
    assert [each.text for each in node.findall("{*}incoming")] == ["decide_to_archive"]
    assert [each.text for each in node.findall("{*}outgoing")] == ["archive_to_done"]
    files = {**chain(1), "flow.bpmn": joined}
    compile_release(files, {})


def test_changes_of_different_properties_of_one_element_come_together() -> None:
    base, mine = diagram("check"), diagram("check", due="P5D")
    theirs = diagram("check", check="sr")
    joined, conflicts = join_file("flow.bpmn", base, mine, theirs)
    assert joined
    assert conflicts == []
    assert (facts(joined)["check"], facts(joined)["lane of check"]) == ("P5D", "lane_sr")


@pytest.mark.parametrize(("choice", "due"), [(MINE, "P5D"), (THEIRS, "P7D")])
def test_the_same_property_changed_twice_is_asked(choice: str, due: str) -> None:
    three = [diagram("check"), diagram("check", due="P5D"), diagram("check", due="P7D")]
    joined, (conflict,) = join_file("flow.bpmn", *three)
    assert (conflict.element, conflict.facet) == ("check", "property:due")
    assert (conflict.base, conflict.mine, conflict.theirs) == ("P2D", "P5D", "P7D")
    joined, conflicts = join_file("flow.bpmn", *three, {conflict.key: choice})
    assert conflicts == []
    assert joined
    assert facts(joined)["check"] == due


def test_a_task_moved_to_two_lanes_is_asked_and_lies_in_one() -> None:
    three = [diagram("check", "file"), diagram("check", "file", check="sr"), diagram("check", "file", check="fr")]
    _, (conflict,) = join_file("flow.bpmn", *three)
    assert (conflict.facet, conflict.mine, conflict.theirs) == ("lane", "lane_sr", "lane_fr")
    joined, _ = join_file("flow.bpmn", *three, {conflict.key: THEIRS})
    assert joined
    assert joined.count(b"flowNodeRef>check<") == 1
    assert facts(joined)["lane of check"] == "lane_fr"


@pytest.mark.parametrize("mine_deletes", [True, False])
@pytest.mark.parametrize("keeps", [True, False])
def test_deleted_here_and_changed_there_is_asked_and_leaves_no_loose_end(mine_deletes: bool, keeps: bool) -> None:
    base = diagram("check", "decide", "file")
    deleted, changed = diagram("check", "file"), diagram("check", "decide", "again", "file")
    mine, theirs = (deleted, changed) if mine_deletes else (changed, deleted)
    _, conflicts = join_file("flow.bpmn", base, mine, theirs)
    (conflict,) = [each for each in conflicts if each.element == "decide"]
    assert (conflict.mine is None) is mine_deletes
    choice = MINE if mine_deletes is not keeps else THEIRS
    joined, left = join_file("flow.bpmn", base, mine, theirs, {conflict.key: choice})
    assert left == []
    assert joined
    found = facts(joined)
    assert ("decide" in found) is keeps
    nodes = {"begin", "done", *(each for each in found if "_to_" not in each)}
    for name, ends in found.items():
        if "_to_" in name:
            assert set(ends.split(">")) <= nodes


def test_rows_of_a_table_are_joined_by_their_id() -> None:
    table = (PROCESSES / "decisions" / "lead_exit.dmn").read_text()
    first, second = table.index('<rule id="lead_exit_rule_1">'), table.index('<rule id="lead_exit_rule_2">')
    mine = table[:first] + table[first:second].replace('"CLOSE"', '"NURTURE"') + table[second:]
    theirs = table[:second] + table[second:].replace("<text>not(false)</text>", "<text>-</text>", 1)
    joined, conflicts = join_file("decisions/a.dmn", *(each.encode() for each in (table, mine, theirs)))
    assert conflicts == []
    assert joined
    rows = etree.fromstring(joined).findall(".//{*}rule")
    assert len(rows) == table.count("<rule ")
    assert rows[0].find(".//{*}outputEntry/{*}text").text == '"NURTURE"'
    assert rows[1].find(".//{*}inputEntry/{*}text").text == "-"
    other = table[:first] + table[first:second].replace('"CLOSE"', '"CONVERT"') + table[second:]
    _, (conflict,) = join_file("decisions/a.dmn", *(each.encode() for each in (table, mine, other)))
    assert (conflict.mine, conflict.theirs) == ('"NURTURE"', '"CONVERT"')


def test_fields_of_a_form_are_joined_by_name() -> None:
    def form(**fields: object) -> bytes:
        return json.dumps({"title": "F", "required": list(fields), "properties": fields}).encode()

    text = {"type": "string", "title": "Old"}
    base = form(a=text)
    mine, theirs = form(a=text, b=text), form(a={**text, "title": "New"}, c=text)
    joined, conflicts = join_file("forms/f.schema.json", base, mine, theirs)
    assert conflicts == []
    found = json.loads(joined or b"")
    assert set(found["properties"]) == {"a", "b", "c"} == set(found["required"])
    assert found["properties"]["a"]["title"] == "New"
    _, (conflict,) = join_file("forms/f.schema.json", base, form(a={**text, "title": "Mine"}), theirs)
    assert (conflict.element, conflict.facet, conflict.mine, conflict.theirs) == ("a", "title", "Mine", "New")
    _, (conflict,) = join_file("forms/f.schema.json", base, form(), form(a={**text, "title": "New"}))
    assert conflict.mine is None


def test_folders_are_joined_file_by_file() -> None:
    base = {"a.yaml": b"1", "b.yaml": b"1", "c.yaml": b"1", "d.yaml": b"1"}
    mine = {"a.yaml": b"2", "b.yaml": b"1", "c.yaml": b"2", "new.yaml": b"1"}
    theirs = {"a.yaml": b"1", "b.yaml": b"2", "d.yaml": b"2", "c.yaml": b"3"}
    joined = join(base, mine, theirs)
    assert {each.file for each in joined.conflicts} == {"c.yaml", "d.yaml"}
    assert joined.theirs == ["b.yaml"]
    assert joined.both == ["c.yaml", "d.yaml"]
    assert joined.files == {"a.yaml": b"2", "b.yaml": b"2", "c.yaml": b"2", "new.yaml": b"1"}
    settled = join(base, mine, theirs, {each.key: THEIRS for each in joined.conflicts})
    assert settled.conflicts == []
    assert settled.files == {"a.yaml": b"2", "b.yaml": b"2", "c.yaml": b"3", "d.yaml": b"2", "new.yaml": b"1"}


def test_joining_the_shipped_diagrams_with_themselves_changes_nothing_of_their_meaning() -> None:
    handlers.load()
    files = {
        path.relative_to(PROCESSES).as_posix(): path.read_bytes()
        for path in sorted(PROCESSES.rglob("*"))
        if path.suffix in {".bpmn", ".dmn", ".json"}
    }
    before = compile_release(files, catalogue())
    marked = {}
    for path, content in files.items():
        if path.endswith(".bpmn"):
            mine = content.replace(b"isExecutable=", b'processType="None" isExecutable=', 1)
            theirs = content.replace(b"</bpmn:definitions>", b'<bpmn:error id="e_x" name="x"/></bpmn:definitions>')
            joined, conflicts = join_file(path, content, mine, theirs)
            assert conflicts == [], path
            assert joined
            marked[path] = joined
    after = compile_release({**files, **marked}, catalogue())
    assert after.elements == before.elements
    assert {each: after.flows(each) for each in after.process_ids} == {
        each: before.flows(each) for each in before.process_ids
    }
