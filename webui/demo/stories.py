"""The demo's stories as typed data: what ``organisation.yaml``, ``customers.yaml`` and ``leads.yaml`` say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Story(BaseModel):
    """Something told in a YAML file: known fields only, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitStory(Story):
    """One unit; ``parent`` is the code of the unit above, ``flow`` the opportunity flow if not as there."""

    code: str
    level: str
    parent: str | None = None
    flow: str | None = None
    en: str
    zh: str


class Names(Story):
    """One sentence in both languages."""

    en: str
    zh: str


class Held(Story):
    """A role held at the unit with the code ``at``."""

    role: str
    at: str


class PersonStory(Story):
    """One employee; ``says`` is how the list of logins introduces the person."""

    username: str
    en: str
    zh: str
    home: str
    language: str
    roles: list[Held]
    says: Names


class TeamStory(Story):
    """One team of a unit, with the user names of its members."""

    code: str
    unit: str
    en: str
    zh: str
    areas: list[str]
    industries: list[str]
    members: list[str]


class AuthorityStory(Story):
    """What the team of a unit may agree to: ``wan`` is the amount in 万元, the rest percentages and days."""

    unit: str
    level: str
    wan: int
    margin: int
    discount: int
    days: int


class Organisation(Story):
    """The company."""

    units: list[UnitStory]
    people: list[PersonStory]
    teams: list[TeamStory]
    authority: list[AuthorityStory]


class CustomerStory(Story):
    """One customer; ``people`` are name, post and phone."""

    code: str
    unit: str
    industry: str
    zh: str
    en: str
    people: list[tuple[str, str, str]]


class LeadStory(Story):
    """One lead, as far as it is told; ``wan`` is the amount in 万元, see ``leads.yaml`` for the rest."""

    until: str
    days_ago: int
    submitter: str
    customer: str
    who: int
    channel: str
    heard: str
    title: str = ""
    problem: str = ""
    affected: str = ""
    why_now: str = ""
    areas: list[str] = []
    wan: int = 0
    decides_in: int = 90
    budget: Literal["yes", "no", "unknown"] = "unknown"
    maturity: Literal["cold", "warm", "hot"] = "warm"
    fit: Literal["high", "medium", "low"] = "medium"
    win: int = 3
    evidence: str = ""
    pains: list[tuple[int, str, str, str, str]] = []
    words: str = ""
    rival: tuple[str, str, str, str] | None = None
    strategy: str = "direct"
    vision: str = ""
    wanted: str = ""
    feedback: str = ""
    handling: Literal["convert", "nurture", "close"] = "convert"
    close_reason: str = ""
    verdict_reason: str = ""
    screening_reason: str = ""
    discard_reason: str = ""
    merge_with: str = ""

    @property
    def english(self) -> bool:
        """Whether the story is told in English; what the submitter and the owner write follows it."""
        return not any("\u4e00" <= letter <= "\u9fff" for letter in self.heard)


@cache
def organisation() -> Organisation:
    """Return the company."""
    return Organisation.model_validate(told_in("organisation.yaml"))


@cache
def customers() -> dict[str, CustomerStory]:
    """Return the customers by code."""
    return {each["code"]: CustomerStory.model_validate(each) for each in told_in("customers.yaml")}


@cache
def leads() -> list[LeadStory]:
    """Return the leads in the order of the file."""
    return [LeadStory.model_validate(each) for each in told_in("leads.yaml")]


def told_in(name: str) -> Any:
    """Return what a file of this folder says; where there is one, the parser in C reads it, fit for our own files."""
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe loaders
