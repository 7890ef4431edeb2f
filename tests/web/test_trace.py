"""Where every line of the method lives: the tracing itself, its page, and the page that tells the method."""

from __future__ import annotations

from pathlib import Path

import pytest

import handlers
from engine.database import transaction
from engine.interpreter import Program, compile_release
from engine.releases import queries as releases
from engine.releases.operations import read_folder
from engine.service_tasks import catalogue
from engine.text import Text
from tests.web.conftest import Site
from webui.method.entries import chapters
from webui.trace.tracing import GROUPS, Line, lines, trace, unknown_refs

WORDS = Text("Something", "某事")


@pytest.fixture(scope="module")
def program() -> Program:
    handlers.load()
    return compile_release(read_folder(Path(__file__).parents[2] / "processes"), catalogue())


def test_the_checklist_has_every_line_of_the_method_once_in_both_languages() -> None:
    numbers = [line.id for line in lines()]
    wanted = {"D": (144, 3), "P": (29, 2), "A": (28, 2)}
    assert numbers == [f"{key}{n:0{width}}" for key, (count, width) in wanted.items() for n in range(1, count + 1)]
    assert all(line.title.en and line.title.zh for line in lines())
    assert set(wanted) == set(GROUPS)


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("element lead_verify/screen_lead", True), ("element lead_verify/nothing", False),
        ("diagram lead", True), ("diagram nothing", False),
        ("field lead_kdm/kdms.role", True), ("field lead_kdm/kdms.nothing", False), ("field nothing/title", False),
        ("field lead_verify/verdict_reason", True), ("field lead_handling/close_reason", True),
        ("decision lead_priority", True), ("decision nothing", False),
        ("handler lead.number", True), ("handler lead.nothing", False),
        ("page leads.meeting", True), ("page leads.nothing", False),
        ("role ar", True), ("role lead_owner", True), ("role nothing", False),
        ("column lead.status", True), ("column lead.nothing", False), ("column nothing.status", False),
        ("document lead_record", True), ("document nothing", False),
        ("method d024", True), ("method d999", False),
    ],
)  # fmt: skip
def test_a_pointer_counts_only_if_it_leads_somewhere(program: Program, pointer: str, found: bool) -> None:
    [traced] = trace(program, {"leads.meeting": None}, [Line("X1", WORDS, (pointer,), told=True)])
    assert [place.found for place in traced.places] == [found]
    assert traced.is_gap is not found


def test_a_line_is_carried_by_the_elements_that_name_it_and_words_alone_carry_only_what_is_told(
    program: Program,
) -> None:
    told, done, nothing = (
        Line("D024", WORDS, told=True), Line("D024", WORDS), Line("X9", WORDS),
    )  # fmt: skip
    named, only_told, absent = trace(program, {}, [Line("D045", WORDS), told, nothing])
    assert [place.target for place in named.places] == ["lead_nurture/competitive_strategy"]
    assert not named.is_gap
    assert not only_told.is_gap
    assert absent.is_gap
    without_elements = Program(
        processes={}, elements={}, starts={}, message_starts={}, messages=frozenset(), forms={}, decisions={},
        zone=program.zone,
    )  # fmt: skip
    assert [each.is_gap for each in trace(without_elements, {}, [told, done])] == [False, True]


def test_an_id_that_no_list_knows_is_named_with_its_place(program: Program) -> None:
    assert "lead_nurture/competitive_strategy: D045" in unknown_refs(program, [])
    assert unknown_refs(program) == []


def test_process_owners_see_the_trace_of_the_release_and_others_do_not(leads_site: Site) -> None:
    owner = leads_site.browser("ouyang").get("/trace/").text
    assert "D045" in owner
    assert "确定竞争策略" in owner
    english = leads_site.browser("ouyang").get("/trace/?lang=en&gaps=1").text
    assert "Where the method lives" in english
    assert "D045" not in english, "it is no gap"
    assert leads_site.browser("suran").get("/trace/").status_code == 403


def test_everybody_reads_the_method_in_the_language_of_the_page(leads_site: Site) -> None:
    english, chinese = leads_site.browser("eve").get("/method/").text, leads_site.browser("anrui").get("/method/").text
    assert "93 out of 100 projects are lost" in english
    assert "潜在需求" in chinese
    assert 'href="/method/"' in leads_site.browser("eve").get("/notices/").text, "every page leads there"
    assert "/trace/" not in english
    assert "/trace/" in leads_site.browser("ouyang").get("/method/").text
    assert len({entry.anchor for chapter in chapters() for entry in chapter.entries}) == sum(
        len(chapter.entries) for chapter in chapters()
    )


def test_every_line_of_the_method_is_carried(leads_site: Site) -> None:
    """The whole checklist: what `ltc trace` says of the product's own processes."""
    with transaction(leads_site.product.sessions) as session:
        current = releases.program(session, releases.current(session).id)
    found = trace(current, leads_site.app.view_functions)
    assert len(found) == 201
    assert [each.line.id for each in found if each.is_gap] == []
