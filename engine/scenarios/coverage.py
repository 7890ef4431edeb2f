"""What a set of cases reached: every sequence flow and boundary event of the diagrams, taken from the journals."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.interpreter import Program
from engine.journal import JournalEntry

BOUNDARY = "boundaryEvent"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Elements by process: all that could be reached, and what never was; and the processes that were entered."""

    all: dict[str, set[str]]
    missed: dict[str, set[str]]
    entered: frozenset[str] = frozenset()

    @property
    def reached(self) -> int:
        """How many flows and boundary events were taken."""
        return sum(map(len, self.all.values())) - sum(map(len, self.missed.values()))

    def joined(self, other: Coverage) -> Coverage:
        """Return what both together reached of the same diagrams."""
        missed = {process_id: parts & other.missed.get(process_id, set()) for process_id, parts in self.missed.items()}
        missed = {process_id: parts for process_id, parts in missed.items() if parts}
        return Coverage(self.all, missed, self.entered | other.entered)


def coverage(session: Session, program: Program) -> Coverage:
    """Return what the cases in this database reached of the diagrams of ``program``."""
    everything = {
        process_id: program.flows(process_id)
        | {element.id for element in program.elements_of(process_id) if element.kind == BOUNDARY}
        for process_id in program.process_ids
    }
    taken: dict[str, set[str]] = {process_id: set() for process_id in everything}
    rows = session.execute(sa.select(JournalEntry.process_id, JournalEntry.element, JournalEntry.detail))
    for process_id, element, detail in rows:
        if process_id in taken:
            taken[process_id].add(element)
            taken[process_id].update((detail or {}).get("flows", ()))
    missed = {process_id: parts - taken[process_id] for process_id, parts in everything.items()}
    missed = {process_id: parts for process_id, parts in missed.items() if parts}
    return Coverage(everything, missed, frozenset(each for each, parts in taken.items() if parts))
