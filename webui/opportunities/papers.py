"""The papers of an opportunity, each with its own place on the page: clauses, bid, questions, signing, win and loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.instances.queries import Event
from handlers.deciding.records import GateDecision
from webui.cases.dossier import Row, Section

CLAUSES = ("technical_clauses", "delivery_clauses", "legal_clauses", "payment_clauses")
REPORT = ("write_report", "add_view", "accept_report")
WHOLE_PAPERS = frozenset(
    {*CLAUSES, *REPORT, "confirm_requirements", "write_bid_report", "clarify", "write_signing_report"}
)
"""The tasks whose answers the papers show in full, so that the dossier leaves them out."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clause table, or the list of requirements where there was no bid document (`ltc.md` O3.1)."""

    rows: Sequence[Row]
    sections: Sequence[Section]

    @property
    def unmet(self) -> int:
        """How many we meet in part or not at all."""
        return sum(row.given.get("comply") != "yes" for row in self.rows)

    @property
    def questions(self) -> int:
        """How many must be asked about."""
        return sum(bool(row.given.get("question")) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Answered:
    """One round of questions: what was asked and answered, by whom and when (`ltc.md` O3.8)."""

    by: int | None
    at: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Papers:
    """What there is of each paper; what nobody has written yet is empty."""

    clauses: Clauses | None = None
    requirements: Section | None = None
    tender: Section | None = None
    bid: Section | None = None
    questions: Sequence[Answered] = ()
    draft: Section | None = None
    signing: Section | None = None
    report: Section | None = None
    view: Section | None = None
    accepted: Section | None = None

    def people(self) -> Iterator[int | None]:
        """Yield everybody who wrote something, so that the page looks names up once."""
        for each in (self.requirements, self.bid, self.signing, self.report, self.view, self.accepted):
            if each is not None:
                yield each.by
        for section in self.clauses.sections if self.clauses is not None else ():
            yield section.by
        for answered in self.questions:
            yield answered.by

    @property
    def price_gap(self) -> tuple[int, int | None] | None:
        """How much our price lay above the winner's: in fen, and in percent of the winner's."""
        said = self.report.given if self.report is not None else {}
        ours, theirs = said.get("our_price"), said.get("winner_price")
        if not isinstance(ours, int) or not isinstance(theirs, int):
            return None
        return ours - theirs, round((ours - theirs) * 100 / theirs) if theirs else None


def papers_of(known: Sequence[Section], events: Sequence[Event]) -> Papers:
    """Return the papers from what was answered, the latest version of each."""
    at = {each.element: each for each in known}
    parts = [at[each] for each in CLAUSES if each in at]
    rows = [row for part in parts for row in part.rows("clauses")]
    return Papers(
        clauses=Clauses(rows, parts) if rows else None,
        requirements=at.get("confirm_requirements"),
        tender=at.get("take_tender"),
        bid=at.get("write_bid_report"),
        questions=_questions(events),
        draft=at.get("draft_contract"),
        signing=at.get("write_signing_report"),
        report=at.get("write_report"),
        view=at.get("add_view"),
        accepted=at.get("accept_report"),
    )


def _questions(events: Sequence[Event]) -> list[Answered]:
    found = (each.submission for each in events if each.entry.element == "clarify")
    return [Answered(each.by, each.at, each.answers) for each in found if each is not None]


def latest_at(decisions: Sequence[GateDecision], gate: str) -> GateDecision | None:
    """Return what was decided last at a gate."""
    return next((each for each in reversed(decisions) if each.gate == gate), None)
