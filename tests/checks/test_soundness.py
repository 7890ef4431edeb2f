"""Diagrams end well, or it is shown on which way they do not."""

from __future__ import annotations

import pytest

from engine.checks import check
from engine.findings import ERROR, Finding
from engine.sandbox import open_files
from tests.property.random_diagrams import Drawing, Generator
from tests.unit import interpreter_drawing as draw
from tests.unit.interpreter_drawing import boundary, end, error, event, flow, flows, node, start, timer, user

AND, XOR, OR = "parallelGateway", "exclusiveGateway", "inclusiveGateway"


def choice(source: str, target: str, at: int = 1) -> str:
    return flow(source, target, f"way == {at}")


def gateway(kind: str, element: str, default: str = "") -> str:
    return node(kind, element, **({"default": f"{element}-{default}"} if default else {}))


def judged(*parts: str) -> list[Finding]:
    files = {"p.bpmn": draw.document(*parts), "forms/f.schema.json": draw.FORM}
    return [each for each in check(files, draw.CATALOGUE) if each.rule.startswith("sound-")]


def troubles(body: str, *more: str) -> set[tuple[str, str | None]]:
    return {(each.rule, each.element) for each in judged(*more, draw.process(body))}


def split(kind: str, join: str, behind: str = "") -> str:
    """Two branches behind a gateway of ``kind`` come together at one of kind ``join``."""
    ways = flow("s", "a", "way == 1") + flow("s", "b") if kind != AND else flows("s a", "s b")
    return (
        start() + gateway(kind, "s", "b" if kind != AND else "") + user("a") + user("b") + node(join, "j")
        + user("c") + end() + flows("S s") + ways + flows("a j", "b j", "j c", f"c {behind}E".strip())
    )  # fmt: skip


@pytest.mark.parametrize("kind", [AND, XOR, OR])
def test_what_is_joined_as_it_was_split_ends_well(kind: str) -> None:
    assert troubles(split(kind, kind)) == set()


@pytest.mark.parametrize("kind", [AND, XOR])
def test_an_inclusive_join_fits_every_split(kind: str) -> None:
    assert troubles(split(kind, OR)) == set()


@pytest.mark.parametrize(
    ("kind", "join", "rule", "element"),
    [
        (XOR, AND, "sound-deadlock", "j"),
        (OR, AND, "sound-deadlock", "j"),
        (AND, XOR, "sound-twice", "j"),
        (OR, XOR, "sound-twice", "j"),
    ],
)
def test_what_is_joined_otherwise_is_found_at_the_join(kind: str, join: str, rule: str, element: str) -> None:
    assert (rule, element) in troubles(split(kind, join))


def test_the_way_to_a_deadlock_can_be_walked_in_a_real_case() -> None:
    parts = draw.process(split(XOR, AND))
    [found] = judged(parts)
    assert found.path[0] == "S"
    for data in ({"way": 1}, {"way": 2}):
        case = draw.play(draw.release(parts), **data)
        [waiting] = case.open()
        case.complete(waiting)
        assert case.open() == []
        assert not case.step.ended
        if waiting in found.path:
            assert case.flows <= set(found.path)
            break
    else:
        pytest.fail("no data leads along the way")


def test_a_branch_out_of_a_parallel_block_is_found() -> None:
    body = (
        start() + gateway(AND, "s") + user("a") + gateway(XOR, "x", "early") + user("b") + gateway(AND, "j") + end()
        + end("early") + flows("S s a x", "s b j E") + choice("x", "j") + flow("x", "early")
    )  # fmt: skip
    assert troubles(body) == {("sound-deadlock", "j")}


def test_a_loop_that_starts_ever_more_is_found() -> None:
    body = start() + gateway(AND, "s") + user("a") + user("b") + end() + flows("S a s b E", "s a")
    assert troubles(body) == {("sound-growth", "b")}


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_found_does_not_depend_on_the_order_of_the_file(turned: bool) -> None:
    parts = [
        start(), gateway(XOR, "m"), gateway(AND, "s"), user("a"), user("b"), gateway(XOR, "x", "j"), gateway(AND, "j"),
        end(), flow("S", "m"), flow("m", "s"), flow("s", "a"), flow("s", "b"), flow("a", "x"), flow("x", "j"),
        choice("x", "m"), flow("b", "j"), flow("j", "E"),
    ]  # fmt: skip
    assert troubles("".join(reversed(parts) if turned else parts)) == {("sound-growth", "b")}


def test_what_a_loop_leaves_behind_is_found_though_it_could_be_done_before_the_next_turn() -> None:
    body = (
        start() + gateway(XOR, "again") + gateway(AND, "both") + user("note") + user("look") + gateway(XOR, "x", "F")
        + end() + end("F") + flows("S again both note E", "both look x") + choice("x", "again") + flow("x", "F")
    )  # fmt: skip
    assert troubles(body) == {("sound-growth", "note")}


def test_a_circle_of_nothing_but_gateways_is_found() -> None:
    """The same question has the same answer as long as nobody does anything."""
    body = (
        start() + user("a") + gateway(XOR, "m") + gateway(XOR, "again", "E") + end()
        + flows("S a m again") + choice("again", "m") + flow("again", "E")
    )  # fmt: skip
    assert troubles(body) == {("sound-endless", "m")}
    asked = body.replace('targetRef="again"', 'targetRef="b"') + user("b") + flows("b again")
    assert troubles(asked) == set()


def test_a_circle_without_a_way_out_is_found_also_beside_other_branches() -> None:
    body = start() + user("a") + user("b") + flows("S a b a") + end()
    assert ("sound-endless", "a") in troubles(body)
    beside = (
        start() + gateway(AND, "s") + user("a") + user("b") + user("c") + end("stop", event("terminate"))
        + flows("S s a b a", "s c stop")
    )  # fmt: skip
    assert troubles(beside) == set()


def test_a_loop_with_a_way_out_ends_well() -> None:
    body = (
        start() + user("a") + gateway(XOR, "again", "E") + end() + flows("S a again") + choice("again", "a")
        + flow("again", "E")
    )  # fmt: skip
    assert troubles(body) == set()


def test_a_parallel_block_in_a_loop_ends_well_but_must_not_be_entered_from_two_sides() -> None:
    block = (
        start() + gateway(AND, "s") + user("a") + user("b") + gateway(AND, "j") + gateway(XOR, "again", "E") + end()
        + flows("s a j again", "s b j") + flow("again", "E")
    )  # fmt: skip
    assert troubles(block + node(XOR, "m") + flows("S m s") + choice("again", "m")) == set()
    assert troubles(block + flows("S s") + choice("again", "s")) == {("sound-deadlock", "s")}


def test_side_paths_of_events_may_end_by_themselves_but_not_join_in() -> None:
    body = start() + user("a") + boundary("late", "a", timer("Duration", "P1D"), interrupting=False) + user("b")
    assert troubles(body + end() + end("E2") + flows("S a E", "late b E2")) == set()
    assert troubles(body + user("c") + end() + flows("S a c E", "late b c")) == {("sound-twice", "c")}


def test_a_side_path_must_not_lead_back_to_the_activity_beside_which_it_runs() -> None:
    late = boundary("late", "a", timer("Duration", "P1D"), interrupting=False) + user("b") + gateway(XOR, "m")
    body = start() + user("a") + late + end() + flows("S m a E", "late b m")
    assert ("sound-growth", "a") in troubles(body)


def test_an_interrupting_event_takes_the_place_of_its_activity() -> None:
    body = start() + user("a") + boundary("late", "a", timer("Duration", "P1D")) + user("c") + end()
    assert troubles(body + flows("S a c E", "late c")) == set()


def test_an_error_that_the_called_process_never_raises_is_found() -> None:
    call = node("callActivity", "call", calledElement="Q")
    caught = boundary("no", "call", event("error", "e_refused"))
    caller = draw.process(start() + call + caught + end() + end("E2") + flows("S call E", "no E2"))
    inner = start("QS") + user("q") + gateway(XOR, "x", "QE") + flows("QS q x") + flow("x", "QE") + end("QE")
    raises = draw.process(inner + end("QX", event("error", "e_refused")) + choice("x", "QX"), "Q")
    never = draw.process(inner + end("QX") + choice("x", "QX"), "Q")
    assert judged(error("refused"), caller, raises) == []
    assert [(each.rule, each.element) for each in judged(error("refused"), caller, never)] == [("sound-never", "no")]


def test_only_what_happens_before_a_terminating_end_counts() -> None:
    body = start() + gateway(AND, "s") + user("a") + user("b") + end("stop", event("terminate")) + end()
    assert troubles(body + flows("S s a stop", "s b E")) == set()


def test_of_two_terminating_ends_either_may_come_first() -> None:
    body = start() + gateway(AND, "s") + user("a") + user("b") + user("c")
    stops = end("stop", event("terminate")) + end("halt", event("terminate"))
    assert troubles(body + stops + flows("S s a stop", "s b c halt")) == set()


@pytest.mark.parametrize("branches", [1, 5, 30])
def test_two_hundred_elements_are_decided(branches: int) -> None:
    length = 180 // branches
    body = start() + gateway(AND, "s") + gateway(AND, "j") + end() + flows("S s", "j E")
    for branch in range(branches):
        names = [f"u{branch}_{at}" for at in range(length)]
        body += "".join(map(user, names)) + flows(f"s {' '.join(names)} j")
    assert troubles(body) == set()


@pytest.mark.parametrize(("blocks", "rules"), [(8, set()), (20, {"process-size"})])
def test_parallel_blocks_one_behind_the_other_are_not_multiplied_without_end(blocks: int, rules: set[str]) -> None:
    """The interpreter looks ahead along each branch by itself: twenty blocks would be a million ways."""
    body = start() + end() + flows("S g0", f"g{blocks} E") + "".join(node(AND, f"g{at}") for at in range(blocks + 1))
    for at in range(blocks):
        body += node("manualTask", f"u{at}") + flows(f"g{at} g{at + 1}", f"g{at} u{at} g{at + 1}")
    files = {"p.bpmn": draw.document(draw.process(body))}
    assert {each.rule for each in check(files, draw.CATALOGUE) if each.severity == ERROR} == rules
    assert (open_files(files, draw.CATALOGUE).program is None) is bool(rules)


def test_what_has_too_many_states_is_said_to_be_undecided() -> None:
    names = [f"u{at}" for at in range(60)]
    body = start() + gateway(AND, "s") + gateway(AND, "j") + end() + flows("S s", "j E")
    for name in names:  # each branch turns in a circle of its own: every state of all of them has to be visited
        body += user(name) + user(f"{name}_") + flows(f"s {name} {name}_ {name}")
    assert ("sound-undecided", "P") in troubles(body + user("k") + flows("s k j"))


def test_random_diagrams_that_are_well_formed_end_well() -> None:
    """The same diagrams that the interpreter is tested with; in some of them an error is caught that nobody raises."""
    for seed in range(120):
        drawn = Drawing(Generator(seed).diagram())
        assert [(seed, each.rule) for each in judged(*drawn.parts) if each.rule != "sound-never"] == []
