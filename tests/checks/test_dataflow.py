"""What is read was set before, on every way; what the expressions themselves take care of is no false alarm."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from pydantic import BaseModel

from engine.checks import check
from tests.unit import interpreter_drawing as draw
from tests.unit.interpreter_drawing import end, event, flow, flows, node, script, start, user

XOR, AND = "exclusiveGateway", "parallelGateway"


def form(**fields: Any) -> dict[str, Any]:
    kinds = {str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"}}
    made = {
        name: {"type": "string", "enum": each} if isinstance(each, list) else kinds[each]
        for name, each in fields.items()
    }
    return {"type": "object", "properties": made, "required": list(made)}


def found(*parts: str, f: dict[str, Any] | None = None, **more: bytes) -> set[tuple[str, str | None]]:
    files = {"p.bpmn": draw.document(*parts), "forms/f.schema.json": json.dumps(f or form()).encode(), **more}
    return {(each.rule, each.element) for each in check(files, draw.CATALOGUE) if each.rule.startswith("data-")}


def behind(expression: str, f: dict[str, Any] | None = None, *, before: str = "") -> set[tuple[str, str | None]]:
    """A form (``f``), perhaps a script, then a script line with ``expression``."""
    between = script("set", before) if before else ""
    body = start() + user("ask") + between + script("use", f"result = {expression}") + end()
    return found(draw.process(body + flows(f"S ask {'set ' if before else ''}use E")), f=f)


@pytest.mark.parametrize("expression", ["amount + 1", "amount > 5", "amount", "str(amount)", "days(amount)"])
def test_what_is_asked_before_may_be_read(expression: str) -> None:
    assert behind(expression, form(amount=int)) == set()


@pytest.mark.parametrize("expression", ["amuont + 1", "amuont == 5", "amuont", "[amuont]", "1 if amuont else 2"])
def test_a_misspelt_name_is_found_wherever_it_stands(expression: str) -> None:
    assert behind(expression, form(amount=int)) == {("data-unknown", "use")}


OPTIONAL = {**form(amount=int, word=str), "required": []}


@pytest.mark.parametrize("expression", ["amount + 1", "amount > 5", "date_add('2026-01-01', word)", "-amount"])
def test_an_answer_that_may_be_missing_must_not_be_calculated_with(expression: str) -> None:
    assert behind(expression, OPTIONAL) == {("data-unset", "use")}


@pytest.mark.parametrize(
    "expression",
    [
        "amount == 5",
        "(amount or 0) + 1",
        "amount + 1 if amount else 0",
        "0 if amount == None else amount + 1",
        "amount is not None and amount > 5",
        "amount is None or amount > 5",
        "not amount or amount > 5",
        "amount == 5 and amount + 1 > 3",
        "word in ['a', 'b']",
        "len(word)",
        "amount + 1 if amount != None and word == 'x' else 0",
    ],
)
def test_an_expression_may_take_care_of_a_missing_answer_itself(expression: str) -> None:
    assert behind(expression, OPTIONAL) == set()


def test_scripts_set_names_line_by_line() -> None:
    assert behind("b + 1", before="a = 1\nb = a + 1") == set()
    assert behind("1", before="b = a + 1\na = 1") == {("data-unknown", "set")}
    assert behind("a + 1", OPTIONAL, before="a = amount") == {("data-unset", "use")}
    assert behind("a + 1", OPTIONAL, before="a = amount or 0") == set()


CONDITIONAL = {
    "type": "object",
    "properties": {"way": {"enum": ["a", "b"]}},
    "required": ["way"],
    "if": {"properties": {"way": {"const": "a"}}, "required": ["way"]},
    "then": {"properties": {"amount": {"type": "integer"}}, "required": ["amount"]},
}


def test_a_question_that_is_asked_on_a_condition_may_be_read_where_the_condition_holds() -> None:
    def chosen(condition: str) -> set[tuple[str, str | None]]:
        body = (
            start() + user("ask") + node(XOR, "g", default="g-E") + script("use", "result = amount + 1") + end()
            + flow("g", "use", condition) + flow("g", "E") + flows("S ask g", "use E")
        )  # fmt: skip
        return found(draw.process(body), f=CONDITIONAL)

    assert behind("amount + 1", CONDITIONAL) == {("data-unset", "use")}
    assert chosen("way == 'a'") == set()
    assert chosen("way != 'b'") == set()
    assert chosen("not (way == 'b')") == set()
    assert chosen("way in ['a']") == set()
    assert chosen("way == 'b'") == {("data-unknown", "use")}
    assert chosen("amount > 3") == {("data-unset", "g-use")}


def test_the_default_way_knows_what_the_others_did_not() -> None:
    body = (
        start() + user("ask") + node(XOR, "g", default="g-use") + script("use", "result = amount + 1") + end()
        + flow("g", "E", "way == 'b'") + flow("g", "use") + flows("S ask g", "use E")
    )  # fmt: skip
    assert found(draw.process(body), f=CONDITIONAL) == set()


def branches(kind: str, left: str, right: str) -> str:
    """Two branches with a script each come together before ``use``."""
    ways = flows("s a", "s b") if kind == AND else flow("s", "a", "way == 'a'") + flow("s", "b")
    return draw.process(
        start() + user("ask") + node(kind, "s", **({} if kind == AND else {"default": "s-b"})) + script("a", left)
        + script("b", right) + node(kind, "j") + script("use", "result = x + 1") + end()
        + flows("S ask s", "a j", "b j", "j use E") + ways
    )  # fmt: skip


def test_one_of_two_ways_is_not_enough_but_one_of_two_branches_at_once_is() -> None:
    asked = form(way=["a", "b"])
    assert found(branches(XOR, "x = 1", "y = 1"), f=asked) == {("data-unset", "use")}
    assert found(branches(XOR, "x = 1", "x = 2"), f=asked) == set()
    assert found(branches(AND, "x = 1", "y = 1"), f=asked) == set()
    assert found(branches(AND, "y = 1", "y = 2"), f=asked) == {("data-unknown", "use")}


def test_a_loop_may_read_what_its_first_turn_has_not_set() -> None:
    def turning(expression: str) -> set[tuple[str, str | None]]:
        body = (
            start() + script("use", f"y = {expression}") + user("ask") + node(XOR, "g", default="g-E") + end()
            + flows("S use ask g") + flow("g", "use", "again") + flow("g", "E")
        )  # fmt: skip
        return found(draw.process(body), f=form(again=bool, count=int))

    assert turning("(count or 0) + 1") == set()
    assert turning("count == 3") == set()
    assert turning("count + 1") == {("data-unset", "use")}


def test_an_answer_may_be_missing_each_time_it_is_asked_whoever_gave_it_before() -> None:
    def asked_after(before: str, f: dict[str, Any], expression: str = "amount + 1") -> set[tuple[str, str | None]]:
        body = start() + before + user("ask") + script("use", f"y = {expression}") + end() + flows("S set ask use E")
        return found(draw.process(body), f=f)

    given = script("set", "amount = 1")
    assert asked_after(given, OPTIONAL) == {("data-unset", "use")}
    assert asked_after(given, OPTIONAL, "(amount or 0) + 1") == set()
    assert asked_after(given, {"type": "object", "properties": {"word": {"type": "string"}}}) == set()
    assert asked_after(given, CONDITIONAL) == set()  # not asked: the script has said it
    assert asked_after(node("manualTask", "set"), CONDITIONAL) == {("data-unset", "use")}


def test_a_handler_that_finds_nothing_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seen(BaseModel):
        amount: int | None = None

    look = dataclasses.replace(draw.CATALOGUE["check"], id="look", result=Seen)
    monkeypatch.setitem(draw.CATALOGUE, "look", look)
    body = start() + script("set", "amount = 1") + draw.service("look", "look") + end()
    body += script("use", "y = amount + 1") + flows("S set look use E")
    assert found(draw.process(body)) == {("data-unset", "use")}


def test_a_question_closed_in_a_later_round_is_as_if_it_had_never_been_answered() -> None:
    def second(condition: str, expression: str) -> set[tuple[str, str | None]]:
        body = (
            start() + user("ask") + node(XOR, "g", default="g-E2") + user("again") + node(XOR, "h", default="h-E3")
            + script("use", f"y = {expression}") + end() + end("E2") + end("E3") + flows("S ask g", "again h", "use E")
            + flow("g", "again", "way == 'a'") + flow("g", "E2") + flow("h", "use", condition) + flow("h", "E3")
        )  # fmt: skip
        return found(draw.process(body), f=CONDITIONAL) | never(body, CONDITIONAL)

    assert second("way == 'a'", "amount + 1") == set()
    assert second("way == 'b'", "amount + 1") == {("data-unset", "use")}
    assert second("way == 'b' and amount", "1") == {("gateway-never", "h-use")}


def test_called_processes_know_what_their_callers_know_and_give_back_what_they_set() -> None:
    caller = draw.process(
        start() + script("x", "given = 1") + node("callActivity", "c", calledElement="Q")
        + script("use", "z = back + 1") + end() + flows("S x c use E")
    )  # fmt: skip
    called = start("QS") + script("q", "back = given + 1") + end("QE") + flows("QS q QE")
    assert found(caller, draw.process(called, "Q")) == set()
    started = draw.process(called, "Q", start="everyone")
    assert found(caller, started) == {("data-unknown", "q")}
    broken = called.replace("back = given", "bakc = given")
    assert found(caller, draw.process(broken, "Q")) == {("data-unknown", "use")}


def test_a_message_brings_what_its_event_says_or_whatever_is_known_elsewhere_if_it_says_nothing() -> None:
    def received(*, known: bool = False, **properties: str) -> set[tuple[str, str | None]]:
        inside = draw.properties(**properties) + event("message", "m_go")
        body = start() + node("intermediateCatchEvent", "m", inside) + script("use", "y = amount + 1") + end()
        elsewhere = draw.process(start("S2") + user("ask") + end("E2") + flows("S2 ask E2"), "Q")
        with_amount = form(amount=int) if known else form(word=str)
        return found(draw.message("go"), draw.process(body + flows("S m use E")), elsewhere, f=with_amount)

    assert received(known=True) == set()
    assert received() == {("data-unknown", "use")}
    assert received(brings="amount note?") == set()
    assert received(brings="amount?") == {("data-unset", "use")}
    assert received(brings="note") == {("data-unknown", "use")}


def test_handlers_are_given_values_that_exist() -> None:
    def given(**parameters: str) -> set[tuple[str, str | None]]:
        body = start() + user("ask") + draw.service("say", "hello", **parameters) + end() + flows("S ask say E")
        return found(draw.process(body), f=OPTIONAL)

    assert given(who="word") == {("data-unset", "say")}
    assert given(who="word or 'you'") == set()
    assert given(who="wrod") == {("data-unknown", "say")}


def test_an_interrupted_task_has_not_been_answered() -> None:
    late = draw.boundary("late", "ask", draw.timer("Duration", "P1D"))
    body = start() + user("ask") + late + script("use", "y = amount + 1") + end() + flows("S ask E", "late use E")
    assert found(draw.process(body), f=form(amount=int)) == {("data-unknown", "use")}
    assert not found(draw.process(body), f=form(amount=int), **{"cut.bpmn": b"<definitions"}), "it may set the name"


def never(body: str, f: dict[str, Any]) -> set[tuple[str, str | None]]:
    """The ways of a process that are never taken."""
    files = {"p.bpmn": draw.document(draw.process(body)), "forms/f.schema.json": json.dumps(f).encode()}
    return {(each.rule, each.element) for each in check(files, draw.CATALOGUE) if each.rule == "gateway-never"}


def two_questions(*conditions: str, f: dict[str, Any]) -> set[tuple[str, str | None]]:
    """A form, then a gateway for each condition: the first way leads on to the next one."""
    body = start() + user("ask") + end() + flows("S ask g0")
    for at, each in enumerate(conditions):
        body += node(XOR, f"g{at}", default=f"g{at}-n{at}") + end(f"n{at}") + flow(f"g{at}", f"n{at}")
        body += flow(f"g{at}", f"g{at + 1}" if at + 1 < len(conditions) else "E", each)
    return never(body, f)


@pytest.mark.parametrize(
    ("conditions", "dead"),
    [
        (("amount &gt; 100", "amount &lt; 50"), {("gateway-never", "g1-E")}),
        (("amount &gt; 100", "100 &gt;= amount"), {("gateway-never", "g1-E")}),
        (("amount &gt; 100", "amount == 30"), {("gateway-never", "g1-E")}),
        (("amount &lt; 50 and amount &gt; 100",), {("gateway-never", "g0-E")}),
        (("amount &gt; 100", "amount &lt; 150"), set()),
        (("amount &gt;= 100", "amount &lt;= 100"), set()),
        (("amount &gt; -5", "amount &lt; 0"), set()),
        (("amount &gt; 100 or word == 'x'", "amount &lt; 50"), set()),
    ],
)
def test_a_way_that_earlier_answers_have_closed_is_found(
    conditions: tuple[str, ...], dead: set[tuple[str, str | None]]
) -> None:
    assert two_questions(*conditions, f=form(amount=int, word=str)) == dead


def test_a_way_is_open_again_once_the_number_is_asked_again() -> None:
    def turning(between: str) -> set[tuple[str, str | None]]:
        body = (
            start() + user("ask") + node(XOR, "g", default="g-E2") + user("again") + script("leave", "other = 1")
            + node(XOR, "h", default="h-E3") + end() + end("E2") + end("E3") + flows("S ask g", f"{between} h")
            + flow("g", between, "amount &gt; 100") + flow("g", "E2")
            + flow("h", "E", "amount &lt; 50") + flow("h", "E3")
        )  # fmt: skip
        return never(body, form(amount=int))

    assert turning("again") == set()
    assert turning("leave") == {("gateway-never", "h-E")}


def test_what_some_way_never_sets_must_not_be_compared_as_if_it_were_there() -> None:
    def set_on_one_way(condition: str, other: str = "y = 2") -> set[tuple[str, str | None]]:
        body = (
            start() + user("ask") + node(XOR, "g", default="g-y") + script("x", "n = 1") + script("y", other)
            + node(XOR, "m") + node(XOR, "h", default="h-E2") + end() + end("E2") + flows("S ask g", "x m h", "y m")
            + flow("g", "x", "way") + flow("g", "y") + flow("h", "E", condition) + flow("h", "E2")
        )  # fmt: skip
        return found(draw.process(body), f=form(way=bool))

    assert set_on_one_way("n == 1") == {("data-unset", "h-E")}
    assert set_on_one_way("n == 1", "n = 2") == set()
    assert set_on_one_way("n != None and n == 1") == set()
    assert set_on_one_way("(n or 0) == 1") == set()


@pytest.mark.parametrize(
    ("element", "wrong"),
    [
        (draw.service("use", "hello", who="word", times="word"), True),
        (draw.service("use", "hello", who="word", times="amount"), False),
        (draw.service("use", "hello", who="amount"), True),
        (node("intermediateCatchEvent", "use", draw.timer("Date", "amount")), True),
        (node("intermediateCatchEvent", "use", draw.timer("Date", "word")), False),
    ],
)
def test_a_name_of_another_type_is_not_given_where_one_is_needed(element: str, wrong: bool) -> None:
    body = start() + user("ask") + element + end() + flows("S ask use E")
    expected = {("data-type", "use")} if wrong else set()
    assert found(draw.process(body), f=form(amount=int, word=str)) == expected


@pytest.mark.parametrize(
    ("more", "rule", "element"),
    [
        ({"properties": {"word": {"type": "string", "pattern": "([a-z"}}}, "form-schema", None),
        ({"properties": {"word": {"$ref": "#/$defs/nothing"}}}, "form-schema", None),
        ({"properties": {"word": {"type": "string", "enum": []}}}, "form-schema", None),
        ({"properties": {"word": {"type": "integer", "minimum": 5, "maximum": 3}}}, "form-schema", None),
        ({"if": {"properties": {"wrod": {"const": "x"}}}, "then": {"required": ["word"]}}, "form-field", "wrod"),
        ({"$defs": {"w": {"type": "string"}}, "properties": {"word": {"$ref": "#/$defs/w"}}}, None, None),
    ],
)
def test_a_form_that_nobody_could_answer_is_refused(
    more: dict[str, Any], rule: str | None, element: str | None
) -> None:
    body = draw.process(start() + user("ask") + end() + flows("S ask E"))
    made = {**form(word=str), "required": [], **more}
    files = {"p.bpmn": draw.document(body), "forms/f.schema.json": json.dumps(made).encode()}
    told = {(each.rule, each.element) for each in check(files, draw.CATALOGUE) if each.rule.startswith("form-")}
    assert told == ({(rule, element)} if rule else set())
