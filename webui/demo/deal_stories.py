"""The stories of the demo's opportunities and contracts: what ``deals.yaml`` and ``deal_answers.yaml`` say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import Field

from handlers.money import FEN_PER_WAN
from webui.demo.stories import Story, told_in

Answers = dict[str, Any]

SIGNED_SHARE = 0.95
"""What is left of the amount when the contract is signed; `round` and `draft_contract` say the same."""

ENDS: Mapping[str, str] = MappingProxyType(
    {"won": "sign_contract", "lost": "record_result", "no_bid": "decide_bid", "suspended": "decide_approval"}
)
"""How a deal may end, or rest: nothing waits any more; with the last task before its closing."""

HANDOVER = (
    (1, "plan_handover"), (2, "package_sales"), (3, "package_solution"), (4, "read_package"), (4, "read_package"),
    (5, "read_package"), (6, "hold_handover_meeting"), (6, "terms_ar"), (7, "terms_sr"), (7, "terms_fr"),
    (8, "terms_pm"), (9, "accept_handover"),
)  # fmt: skip
"""The tasks of every hand-over, with the days after the signature (`ltc.md` C1)."""


class Act(Story):
    """One act in the life of a contract, ``after`` days of its signature.

    One of three: a task is done (``about``: a part of its subject, where there are several), a message is told to
    the case, or a case of its own is opened with a message under the name ``case``; ``by`` sends messages.
    """

    after: int
    do: str = ""
    tell: str = ""
    opens: str = ""
    about: str = ""
    case: str = ""
    by: str = "fang"
    says: Answers = Field(default_factory=dict)


class ContractStory(Story):
    """What became of a deal's contract; the hand-over goes by itself unless it stops at ``handover_until``."""

    handover_until: str = ""
    acts: list[Act] = Field(default_factory=list)

    @property
    def all_acts(self) -> list[Act]:
        """The hand-over, as far as it goes, and what the story tells of afterwards."""
        acts = []
        for after, element in HANDOVER:
            if element == self.handover_until:
                break
            acts.append(Act(after=after, do=element))
        return [*acts, *self.acts]


class DealStory(Story):
    """One opportunity, as far as it is told; see ``deals.yaml``. ``says`` overrides answers by element."""

    until: str
    days_ago: int
    ended_ago: int = 0
    customer: str
    ar: str
    sr: str
    fr: str
    name: str
    wan: int
    decides_in: int
    tender_in: int = 25
    trigger: str
    demand: str
    needs: tuple[str, str, str]
    rival: tuple[str, str, str, str]
    edge: str
    vision: str
    value: str
    pd: str = ""
    sponsor: str = ""
    delivery: str = "dairui"
    manager: str = "cheng"
    finance: str = "fang"
    strategic: bool = False
    margin: int = 26
    win: int = 60
    score: int = 4
    rating: str = "B"
    result: str = "won"
    winner: str = ""
    loss: str = "product_fit"
    loss_detail: str = "function"
    handover: str = "video"
    says: dict[str, Answers] = Field(default_factory=dict)
    contract: ContractStory | None = None

    @property
    def tier(self) -> str:
        """The layer that the table proposes (`ltc.md` D2)."""
        return "strategic" if self.strategic else "key" if self.wan >= 500 else "general"

    @property
    def body(self) -> str:
        """The body that the table proposes (`ltc.md` D3), without uplifts."""
        base = 0 if self.wan < 500 else 1 if self.wan < 3000 else 2
        return ("rep", "region", "company")[max(base, 1 if self.strategic else 0)]

    @property
    def signed_amount(self) -> int:
        """What the contract is signed at, in fen."""
        return round(self.wan * FEN_PER_WAN * SIGNED_SHARE)

    @property
    def last(self) -> str:
        """The last task of the story before its closing; the one at which it waits, if it goes on."""
        return ENDS.get(self.until, self.until)


@cache
def deals() -> list[DealStory]:
    """Return the deals in the order of the file."""
    return [DealStory.model_validate(each) for each in told_in("deals.yaml")]


@cache
def usual() -> dict[str, Answers]:
    """Return the answers by element, in the order of the process, with the places that a story fills."""
    answers: dict[str, Answers] = told_in("deal_answers.yaml")
    return answers


@cache
def order() -> dict[str, int]:
    """Return the place of each element in the order of the process."""
    return {element: place for place, element in enumerate(usual())}
