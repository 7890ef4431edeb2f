"""Phrases in two languages, put together from what people have named."""

from __future__ import annotations

from engine.text import Text, listed


def test_a_list_names_the_first_and_says_how_many_there_are_more() -> None:
    assert listed(["C1"], most=3) == Text("C1", "C1")
    assert listed(["C1", "C2", "R1"], most=3) == Text("C1, C2 and R1", "C1、C2、R1")
    assert listed(["C1", "C2", "R1", "D1", "D2"], most=3) == Text("C1, C2, R1 and 2 more", "C1、C2、R1等 5 个")
