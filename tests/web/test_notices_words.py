"""Every notice that the product sends reads well in both languages."""

from __future__ import annotations

import re
import string

import pytest

from engine.jobs import reminders
from webui.notices.sentences import SENTENCES, sentence

GIVEN = {
    "others": "CT-202603-0001/R1",
    "draft": "Faster distribution",
    "quote": "Why twice?",
    "by": "Lin",
    "case": "Yuanhang Logistics",
    "reason": "on leave",
    "number": "LD-202611-0007",
    "lead": "Warehouse robots",
    "opportunity": "Warehouse robots",
    "action": "Agree on a test",
    "due_on": "2026-12-01",
    "flag_en": "Milestone overdue",
    "flag_zh": "里程碑逾期",
    "title_en": "Verify the lead",
    "title_zh": "核实线索",
    "due_at": "2026-11-24T01:00:00+00:00",
    "contract": "CT-202611-0003",
    "day": "2026-12-01",
    "delivery": "DP-7",
    "milestone": "Go-live",
    "risk": "Late steel",
    "days": "3",
    "invoice": "FP-901",
    "amount": "1200.5",
    "open": "300",
    "obligation": "Keep spare parts",
    "change": "CT-202611-0003/C1",
    "version": "2",
    "dispute": "CT-202611-0003/D1",
}


@pytest.mark.parametrize("kind", sorted(SENTENCES))
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_sentence_is_filled_in_completely(kind: str, language: str) -> None:
    words = sentence(kind, GIVEN, language)
    assert "–" not in words
    assert "{" not in words
    assert "2026-12-01" not in words, "days are written as people write them"
    without = sentence(kind, {**GIVEN, "reason": ""}, language)
    assert not without.endswith(("–", ":", "：")), "a reason that nobody gave leaves no gap at the end"
    assert bool(re.search(r"[一-鿿]", words)) is (language == "zh_CN")


def test_both_languages_tell_the_same_facts() -> None:
    for kind, text in SENTENCES.items():
        english, chinese = (
            {name for _, name, _, _ in string.Formatter().parse(words) if name} for words in (text.en, text.zh)
        )
        assert english == chinese, kind


def test_reminders_have_sentences() -> None:
    assert set(reminders.NOTICES) <= set(SENTENCES)


def test_a_notice_with_something_missing_or_unknown_still_reads() -> None:
    assert sentence("work_item_overdue", {"title_en": "Verify"}, "en") == "Verify of – is overdue."
    assert sentence("of_a_plug_in", {"case": "Yuanhang"}, "zh_CN") == "Yuanhang 有新进展。"


def test_amounts_are_said_as_the_pages_say_them() -> None:
    assert "CNY 12,005,000 came in" in sentence("contract.money_in", GIVEN, "en")
    assert "到账 1,200.5 万元，未收余额 300 万元。" in sentence("contract.money_in", GIVEN, "zh_CN")


def test_names_in_braces_are_shown_as_they_are() -> None:
    assert "{0.__class__}" in sentence("work_item_transferred", {**GIVEN, "reason": "{0.__class__}"}, "en")
