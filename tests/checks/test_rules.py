"""Every rule is described in both languages, has its page, and every finding belongs to a rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.checks.rules import RULES
from engine.findings import ERROR, INFO, WARNING
from tools.check_pages import FOLDER, pages

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_says_what_why_and_what_to_do_in_both_languages(rule) -> None:
    for text in (rule.title, rule.why, rule.cure):
        assert text.en.strip()
        assert not CHINESE.search(text.en)
        assert CHINESE.search(text.zh)
    assert rule.severity in {ERROR, WARNING, INFO}
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)


def test_a_rule_is_a_module_of_its_name() -> None:
    folders = (ROOT / "engine/checks/rules", ROOT / "engine/interpreter/refusals")
    modules = {path.stem for folder in folders for path in folder.glob("*.py")} - {"__init__"}
    assert modules == {each.replace("-", "_") for each in RULES}


def test_the_pages_are_those_of_the_rules() -> None:
    """``python -m tools.check_pages`` writes them."""
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages()


def test_what_is_found_while_reading_belongs_to_a_rule() -> None:
    named = set()
    for file in ("xml.py", "tables.py"):
        text = (ROOT / "engine/interpreter" / file).read_text(encoding="utf-8")
        named |= set(re.findall(r'"((?:xml|decision)-[a-z-]+)"', text))
    assert {"xml-size", "xml-doctype", "decision-cell", "decision-rows"} <= named <= RULES.keys()
