"""What the rules look at: a release as it was read, and what is known of the company that will run it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.checks.dataflow import DataFlow, Gap
from engine.checks.soundness.judging import Soundness
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

    def __init__(self, release: Release, known: Known) -> None:
        self.release, self.known = release, known
        self.soundness = Soundness(release)

    @cached_property
    def dataflow(self) -> tuple[Gap, ...]:
        """What is read without being set."""
        return tuple(DataFlow(self.release).gaps())
