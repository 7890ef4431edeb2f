"""What the rules look at: a release as it was read, and what is known of the company that will run it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from engine.checks.dataflow import DataFlow, Gap
from engine.checks.dataflow.domains import Domain, asked_of, domains
from engine.checks.soundness.judging import Soundness
from engine.checks.tables import Judged, judge
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.release import Release


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the company; ``None`` where nothing is known, so that nothing is said about it.

    ``roles`` are the roles there are, ``held`` those that somebody holds, ``statuses`` those of each kind of record.
    """

    roles: Collection[str] | None = None
    held: Collection[str] | None = None
    statuses: Mapping[str, Collection[str]] = field(default_factory=dict)


class Subject:
    """A release, what is known of the company, and what several rules work out of them."""

    def __init__(self, release: Release, known: Known, *, whole: bool = True) -> None:
        """``whole`` says whether every diagram could be read: one that could not may set any name."""
        self.release, self.known, self.whole = release, known, whole
        self.soundness = Soundness(release)

    @cached_property
    def flow(self) -> DataFlow:
        """What is known of the process data everywhere."""
        return DataFlow(self.release)

    @property
    def gaps(self) -> Iterator[Gap]:
        """What is read without being set; nothing is said of it while the release is not ``whole``."""
        return self.flow.gaps() if self.whole else iter(())

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """What each name of the process data can be."""
        return domains(self.release)

    @cached_property
    def tables(self) -> list[tuple[DecisionTable, Judged]]:
        """The decision tables with what is wrong with them."""
        asked = asked_of(self.release, self.domains)
        return [(table, self._judged(table, asked)) for table in self.release.decisions.values()]

    def _judged(self, table: DecisionTable, asked: Mapping[tuple[str, str], Domain]) -> Judged:
        inputs = [str(asked.get((table.id, column.expression))) for column in table.inputs]
        key = (self.release.digest_of(table.file), table.id, tuple(inputs))
        return self.release.kept.get("table", key, partial(judge, table, asked))

    def tolerates(self, decision: str, name: str) -> bool:
        """Return whether a decision has an answer when its input ``name`` is empty."""
        return self.flow.sources.tolerates(decision, name)
