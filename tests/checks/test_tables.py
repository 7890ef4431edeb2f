"""Decision tables answer every input once, and every row answers something; otherwise an example is given."""

from __future__ import annotations

import pytest

from engine.checks import check
from tests.unit import interpreter_drawing as draw

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(inputs: str, *rows: str, policy: str = "UNIQUE", default: str = "") -> bytes:
    """A table with the input columns ``inputs`` and one output; ``rows`` are cells with ``|`` between."""
    names = inputs.split()
    columns = "".join(
        f'<input id="i{at}" label="{each}"><inputExpression id="e{at}" typeRef="string"><text>{each}</text>'
        "</inputExpression></input>"
        for at, each in enumerate(names)
    )
    otherwise = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    body = ""
    for at, row in enumerate(rows, 1):
        cells = "".join(f"<inputEntry><text><![CDATA[{each}]]></text></inputEntry>" for each in row.split("|"))
        body += f'<rule id="r{at}">{cells}<outputEntry><text>{at}</text></outputEntry></rule>'
    return (
        f'<definitions xmlns="{DMN}" id="d" name="d" namespace="n"><decision id="t" name="t">'
        f'<decisionTable id="dt" hitPolicy="{policy}">{columns}<output id="o" name="answer" typeRef="number">'
        f"{otherwise}</output>{body}</decisionTable></decision></definitions>"
    ).encode()


def found(content: bytes) -> dict[str, list[tuple[str | None, str]]]:
    body = draw.start() + draw.end() + draw.flows("S E")
    files = {"p.bpmn": draw.document(draw.process(body)), "decisions/t.dmn": content}
    said: dict[str, list[tuple[str | None, str]]] = {}
    for each in check(files, draw.CATALOGUE):
        if each.rule.startswith("table-"):
            said.setdefault(each.rule, []).append((each.element, each.reason.en))
    return said


@pytest.mark.parametrize(
    "rows",
    [
        ("< 10", ">= 10"),
        ("[0..10)", "[10..20]"),
        ("< 1.5", ">= 1.5"),
        ("true", "false"),
        ("true", "not(true)"),
        ('"a","b"', '"c"'),
        ('"a"', 'not("a")'),
        ('< date("2026-01-01")', '>= date("2026-01-01")'),
        ("null", "< 5", ">= 5"),
        ("-",),
    ],
)
def test_a_table_that_answers_every_input_once_passes(rows: tuple[str, ...]) -> None:
    assert found(table("x", *rows)) == {}


@pytest.mark.parametrize(
    ("rows", "example"),
    [
        (("< 10", "> 10"), "x = 10"),
        (("< 10", ">= 12"), "x = 10"),
        (("[0..4]", "[6..9]"), "x = 5"),
        (("true",), "x = false"),
        (("[0..1.5)", "(1.5..3.0]"), "x = 1.5"),
        (('< date("2026-01-01")', '> date("2026-01-01")'), "x = 2026-01-01"),
        (('not("a")',), 'x = "a"'),
    ],
)
def test_a_gap_is_shown_by_an_example(rows: tuple[str, ...], example: str) -> None:
    said = found(table("x", *rows))
    assert (("t", f"No row answers {example}.")) in said["table-gap"]


def test_a_default_and_collect_leave_no_gap() -> None:
    assert found(table("x", "< 10", "> 10", default="0")) == {}
    assert found(table("x", "< 10", "> 10", policy="COLLECT")) == {}


@pytest.mark.parametrize(
    ("rows", "example"),
    [(("<= 10", ">= 10"), "x = 10"), (('"a"', "-"), 'x = "a"'), (("true", "true", "false"), "x = true")],
)
def test_an_overlap_is_shown_by_an_example(rows: tuple[str, ...], example: str) -> None:
    [(element, said)] = found(table("x", *rows))["table-overlap"]
    assert (element, said) == ("r2", f"Rows 1 and 2 both answer {example}.")


def test_first_takes_the_upper_row_but_a_row_below_must_be_left_something() -> None:
    assert found(table("x", "< 10", "-", policy="FIRST")) == {}
    said = found(table("x", "< 10", "< 5", "-", policy="FIRST"))
    assert said == {"table-unreachable": [("r2", "Row 2 never answers.")]}


def test_several_inputs_are_looked_at_together() -> None:
    whole = ("< 5|true", "< 5|false", ">= 5|-")
    assert found(table("x y", *whole)) == {}
    assert found(table("x y", *whole[1:]))["table-gap"] == [("t", "No row answers x = 4, y = true.")]


def test_a_table_too_large_to_try_is_said_to_be_undecided() -> None:
    wide = "|".join(["-"] * 8)
    rows = [wide.replace("-", f"{at}", 1) for at in range(12)]
    rows += ["|".join([f"{at}"] * 8) for at in range(12, 20)]
    assert "table-undecided" in found(table("a b c d e f g h", *rows))
