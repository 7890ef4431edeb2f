"""S-FEEL cells and decision tables: what dmn-js writes, read rightly or refused."""

from __future__ import annotations

import pytest

from engine.errors import ExpressionError, NoRuleMatched, RulesOverlap
from engine.interpreter.decisions import parse_output
from engine.interpreter.tables import read_tables
from engine.interpreter.unary_tests import parse_cell


@pytest.mark.parametrize(
    ("cell", "matching", "others"),
    [
        ("-", [1, "a", None], []),
        ("", [1, None], []),
        ('"a"', ["a"], ["b", None, 1]),
        ('"a","b"', ["a", "b"], ["c", None]),
        ('not("a","b")', ["c", None], ["a", "b"]),
        ("5", [5, 5.0], [4, "5", None, True]),
        ("-3", [-3], [3]),
        ("1.5", [1.5], [1]),
        ("[1..5]", [1, 5, 2.5], [0, 6, None]),
        ("]1..5[", [2], [1, 5]),
        ("(1..5]", [5], [1]),
        ("> 2", [3], [2, None]),
        (">= 2", [2], [1]),
        ("<= 10, > 100", [10, 101], [50]),
        ("!= 5", [4, None], [5]),
        ("= 5", [5], [4]),
        ("not(> 2)", [2], [3]),
        ("true", [True], [False, 1, None]),
        ("false", [False], [True, 0, None]),
        ("null", [None], ["", 0, False]),
        ("not(null)", [0, "a"], [None]),
        ('< date("2026-02-01")', ["2026-01-31"], ["2026-02-01", None]),
        ('[date("2026-01-01")..date("2026-02-01"))', ["2026-01-01", "2026-01-31T12:00:00+08:00"], ["2026-02-01"]),
        ('"制造","物流"', ["制造"], ["金融"]),
        ('"a \\"quoted\\" word"', ['a "quoted" word'], ["a"]),
    ],
)
def test_a_cell_matches_what_it_says(cell, matching, others):
    test = parse_cell(cell)
    assert [each for each in matching if not test.matches(each)] == []
    assert [each for each in others if test.matches(each)] == []


@pytest.mark.parametrize(
    "cell",
    ["1 < ? < 5", "foo(1)", '"a" or "b"', 'not(not("a"))', "[1..", "1..5", 'date("2026-13-01")', '"a" "b"', ",", "not(", '"a',
     '[1.."b"]', "today()", "a.b", "'a'", "[null..5]", "x" * 3000, "1,", "> > 1"],
)  # fmt: skip
def test_a_cell_that_could_be_misread_is_refused(cell):
    with pytest.raises(ExpressionError):
        parse_cell(cell)


@pytest.mark.parametrize(
    ("cell", "given"), [("> 5", "a"), ('> "a"', 5), ("> 5", True), ('< date("2026-01-01")', "soon")]
)
def test_what_cannot_be_compared_is_an_error_and_not_a_silent_no(cell, given):
    with pytest.raises(ExpressionError):
        parse_cell(cell).matches(given)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('"A"', "A"),
        ("5", 5),
        ("true", True),
        ("null", None),
        ("", None),
        ('date("2026-01-01")', "2026-01-01"),
        ("P2D", None),
    ],
)
def test_output_cells_are_literals(text, result):
    cell = parse_output(text)
    assert (cell.constant, cell.result) == ((True, result) if text != "P2D" else (False, None))


def dmn(rows, *, policy="UNIQUE", inputs=("score",), outputs=("grade",), default=None, more=""):
    columns = "".join(
        f'<input id="i{n}"><inputExpression id="e{n}"><text>{each}</text></inputExpression></input>'
        for n, each in enumerate(inputs)
    )
    entry = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    results = "".join(f'<output id="o{n}" name="{each}">{entry}</output>' for n, each in enumerate(outputs))
    rules = ""
    for at, row in enumerate(rows):
        cells = "".join(
            f'<{"inputEntry" if n < len(inputs) else "outputEntry"} id="c{at}{n}"><text><![CDATA[{cell}]]></text></{"inputEntry" if n < len(inputs) else "outputEntry"}>'
            for n, cell in enumerate(row)
        )
        rules += f'<rule id="r{at}">{cells}</rule>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="t" name="T">{more}<decisionTable id="dt" hitPolicy="{policy}">{columns}{results}{rules}</decisionTable></decision></definitions>'
    ).encode()


def table(*rows, **how):
    tables, findings = read_tables("decisions/t.dmn", dmn(rows, **how))
    assert findings == []
    return tables[0]


def test_unique_answers_and_says_when_two_rows_fit():
    grade = table((">= 80", '"A"'), (">= 50", '"B"'))
    assert grade.decide({"score": 60}) == {"grade": "B"}
    with pytest.raises(RulesOverlap) as caught:
        grade.decide({"score": 90})
    assert caught.value.data["rules"] == ["r0", "r1"]


def test_first_takes_the_first_row():
    assert table((">= 80", '"A"'), (">= 50", '"B"'), policy="FIRST").decide({"score": 90}) == {"grade": "A"}


def test_collect_gives_a_list():
    collected = table((">= 80", '"A"'), (">= 50", '"B"'), policy="COLLECT")
    assert collected.decide({"score": 90}) == {"grade": ["A", "B"]}
    assert collected.decide({"score": 1}) == {"grade": []}


def test_no_row_is_an_error_unless_there_is_a_default():
    with pytest.raises(NoRuleMatched) as caught:
        table((">= 80", '"A"')).decide({"score": 1})
    assert caught.value.data["inputs"] == {"score": 1}
    assert table((">= 80", '"A"'), default='"C"').decide({"score": 1}) == {"grade": "C"}


def test_inputs_and_outputs_may_be_expressions():
    counted = table(("> 2", "n * 2"), inputs=("n + 1",), outputs=("twice",))
    assert counted.decide({"n": 3}) == {"twice": 6}


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("decision-hit-policy", dmn([("1", "2")], policy="PRIORITY")),
        ("decision-hit-policy", dmn([("1", "2")], policy='COLLECT" aggregation="SUM')),
        ("decision-cell", dmn([("foo(1)", "2")])),
        ("decision-cell", dmn([("1", "a.b")])),
        ("decision-input", dmn([("1", "2")], inputs=("score.x",))),
        ("decision-output", dmn([("1", "2", "3")], outputs=("a", "a"))),
        ("decision-output", dmn([("1", "2")], outputs=("my name",))),
        ("decision-rows", dmn([])),
        ("decision-rows", dmn([("1",)])),
        ("decision-table", dmn([("1", "2")], more="<informationRequirement/>")),
        (
            "decision-table",
            b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="t"/></definitions>',
        ),
        ("decision-table", b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'),
        ("xml-root", b"<definitions/>"),
    ],
)
def test_a_table_that_would_decide_wrongly_is_refused(rule, content):
    _tables, findings = read_tables("decisions/t.dmn", content)
    assert rule in {each.rule for each in findings}
    assert all(each.reason.en and each.reason.zh and each.cure.en and each.cure.zh for each in findings)
