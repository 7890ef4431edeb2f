"""S-FEEL: what dmn-js writes into the cells of a decision table, read once when the table is read.

Understood are ``-`` (anything), literals, comparisons, ranges, lists and ``not(…)`` over text, numbers, ``true``,
``false``, ``null`` and ``date("…")``. Everything else is refused, because guessing would silently never match.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from engine.interpreter.grammar import MAX_LENGTH, refusal
from engine.interpreter.iso_time import DEFAULT_ZONE, parse_date

Literal = str | int | float | bool | date | None

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<date>date\s*\(\s*"(?P<day>\d{4}-\d\d-\d\d)"\s*\))
    | (?P<number>-?\d+(?:\.\d+)?(?!\.\d))
    | (?P<dots>\.\.)
    | (?P<operator><=|>=|!=|=|<|>)
    | (?P<bracket>[\[\](),])
    | (?P<word>[^\W\d]\w*)
    | (?P<dash>-)
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test of an input: ``sign`` is ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""

    sign: str
    literal: Literal

    def matches(self, given: Any, zone: ZoneInfo) -> bool:
        """Return whether ``given`` passes; raises ``TypeError`` or ``ValueError`` when the two cannot be compared."""
        if self.sign in ("=", "!="):
            return _same(given, self.literal, zone) is (self.sign == "=")
        if given is None:
            return False
        return _COMPARE[self.sign](_like(given, self.literal, zone), self.literal)


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, each end in or out."""

    low: Comparison
    high: Comparison

    def matches(self, given: Any, zone: ZoneInfo) -> bool:
        """Return whether ``given`` lies inside."""
        return self.low.matches(given, zone) and self.high.matches(given, zone)


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """One input cell: any of ``parts`` must match, or none if ``negated``; no parts match anything."""

    text: str
    parts: tuple[Comparison | Range, ...] = ()
    negated: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether the cell does not restrict its input."""
        return not self.parts

    def matches(self, given: Any, zone: ZoneInfo = DEFAULT_ZONE) -> bool:
        """Return whether ``given`` passes the cell; raises ``ExpressionError`` when it cannot be compared."""
        if not self.parts:
            return True
        try:
            return any(part.matches(given, zone) for part in self.parts) is not self.negated
        except (TypeError, ValueError) as error:
            raise refusal(self.text, f"{given!r} cannot be compared: {error}", f"{given!r} 无法比较") from error


def _like(given: Any, literal: Literal, zone: ZoneInfo) -> Any:
    if isinstance(literal, date):
        return parse_date(given, zone) if isinstance(given, str) else given
    if isinstance(given, bool) or isinstance(literal, bool) or isinstance(given, str) is not isinstance(literal, str):
        raise TypeError(f"{literal!r} is of another kind")
    return given


def _same(given: Any, literal: Literal, zone: ZoneInfo) -> bool:
    if given is None or literal is None:
        return given is literal
    if isinstance(literal, date):
        return bool(_like(given, literal, zone) == literal)
    return isinstance(given, bool) is isinstance(literal, bool) and bool(given == literal)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            found = _TOKEN.match(text, at)
            if found is None:
                raise self.refuse(f"{text[at:].strip()[:40]!r} is not understood")
            kind = next(name for name in found.groupdict() if name != "day" and found[name] is not None)
            self.tokens.append((kind, found["day"] if kind == "date" else found[kind]))
            at = found.end()
        self.at = 0

    def refuse(self, reason: str) -> Exception:
        return refusal(self.text, f"not an S-FEEL test: {reason}", "不是可识别的 S-FEEL 条件")

    @property
    def next(self) -> str | None:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise self.refuse("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, *wanted: str) -> str:
        token = self.take()[1]
        if token not in wanted:
            raise self.refuse(f"{wanted[0]} expected instead of {token!r}")
        return token

    def literal(self) -> Literal:
        kind, token = self.take()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if kind == "number":
            return float(token) if "." in token else int(token)
        if kind == "date":
            return self.day(token)
        if kind == "word" and token in _WORDS:
            return _WORDS[token]
        raise self.refuse(f"a value expected instead of {token!r}")

    def day(self, token: str) -> date:
        try:
            return date.fromisoformat(token)
        except ValueError:
            raise self.refuse(f"{token} is not a date") from None

    def differ(self, low: Literal, high: Literal) -> bool:
        return any(isinstance(low, kind) is not isinstance(high, kind) for kind in (str, date, bool)) or high is None

    def part(self) -> Comparison | Range:
        if self.tokens[self.at : self.at + 1] and self.tokens[self.at][0] == "operator":
            return Comparison(self.take()[1], self.literal())
        if self.next in ("[", "(", "]"):
            opening = self.take()[1]
            low = self.literal()
            self.expect("..")
            high = self.literal()
            closing = self.expect("]", ")", "[")
            if isinstance(low, bool) or low is None or self.differ(low, high):
                raise self.refuse("the two ends of a range must be of one kind")
            return Range(
                Comparison(">=" if opening == "[" else ">", low), Comparison("<=" if closing == "]" else "<", high)
            )
        return Comparison("=", self.literal())

    def parts(self) -> tuple[Comparison | Range, ...]:
        found = [self.part()]
        while self.next == ",":
            self.take()
            found.append(self.part())
        return tuple(found)

    def end(self) -> None:
        if self.next is not None:
            raise self.refuse(f"{self.next!r} is too much")


def parse_cell(text: str | None) -> UnaryTest:
    """Read an input cell; raises ``ExpressionError`` for what is not an S-FEEL unary test."""
    text = (text or "").strip()
    if text in ("", "-"):
        return UnaryTest(text)
    if len(text) > MAX_LENGTH:
        raise refusal(text, "it is too long", "过长")
    reader = _Reader(text)
    negated = [token for _, token in reader.tokens[:2]] == ["not", "("]
    if negated:
        reader.at = 2
    parts = reader.parts()
    if negated:
        reader.expect(")")
    reader.end()
    return UnaryTest(text, parts, negated)


def parse_literal(text: str) -> Literal:
    """Read one S-FEEL literal; raises ``ExpressionError``."""
    reader = _Reader(text.strip())
    found = reader.literal()
    reader.end()
    return found
