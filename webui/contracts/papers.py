"""The papers of a contract with a place of their own: the package that was handed over, the closing checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.inbox.records import Submission
from engine.instances.queries import Event
from webui.cases.dossier import Section

PACKAGE = ("package_sales", "package_solution", "hold_handover_meeting")
READ, CLOSING = "read_package", "check_closing"
WHOLE_PAPERS = frozenset({*PACKAGE, READ, CLOSING})
"""The tasks whose answers the papers show in full, so that the dossier leaves them out."""


@dataclass(frozen=True, slots=True)
class Package:
    """What was handed over, part by part, and who has read it with which questions (`ltc.md` C1.2, C1.3)."""

    parts: Sequence[Section] = ()
    readers: Sequence[Submission] = ()

    def people(self) -> Iterator[int | None]:
        """Yield everybody who put something in or has read it, so that the page looks names up once."""
        for part in self.parts:
            yield part.by
        for reader in self.readers:
            yield reader.by


def package_of(known: Sequence[Section], events: Sequence[Event]) -> Package:
    """Return the package of the hand-over as it is now, each reader with the last answer."""
    at = {each.element: each for each in known}
    readers = {
        each.submission.by: each.submission
        for each in events
        if each.entry.element == READ and each.submission is not None
    }
    return Package([at[each] for each in PACKAGE if each in at], list(readers.values()))
