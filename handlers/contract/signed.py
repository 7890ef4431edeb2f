"""What a signed contract is registered with: by the signing step of an opportunity, by a message, by an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import InvalidAnswers

Body = Literal["rep", "region", "company"]
Evidence = Literal["certificate", "delivery_note", "test_report", "minutes", "none"]
InvoiceType = Literal["vat_special", "vat_general", "commercial"]
ObligationKind = Literal["delivery", "warranty", "bond", "report", "insurance", "other"]

M = TypeVar("M", bound=BaseModel)

MOST_MILESTONES = 50
MOST_OBLIGATIONS = 100


class PlannedMilestone(BaseModel):
    """One payment clause: its amount in fen, or its percentage of the contract (`ltc.md` C2.1 M1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    planned_on: date
    amount: int | None = Field(default=None, ge=0)
    percent: int | None = Field(default=None, ge=0, le=100)
    deliverable: str | None = None
    evidence: Evidence = "certificate"
    payment_days: int = Field(default=30, ge=0, le=720)
    invoice_type: InvoiceType = "vat_special"
    owner_id: int | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.amount is None) is (self.percent is None):
            raise ValueError("either an amount or a percentage is needed")
        return self


class PlannedObligation(BaseModel):
    """One thing to be done beyond the milestones (`ltc.md` C1.2, C2.2)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    kind: ObligationKind = "other"
    due_on: date
    owner_id: int | None = None
    note: str | None = None


class SignedContract(BaseModel):
    """A contract as it was signed. Money in fen, the cap of penalties in percent of the price.

    What is not named here is kept in the facts of the contract.
    ``number`` is given by an import that brings its own; otherwise the next one of the month is taken.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    customer: str = Field(min_length=1, max_length=200)
    customer_id: int | None = None
    amount: int = Field(ge=1)
    signed_on: date
    unit_id: int | None = None
    body: Body = "rep"
    number: str | None = Field(default=None, max_length=20)
    opportunity_id: int | None = None
    margin_percent: int | None = Field(default=None, ge=-100, le=100)
    planned_cost: int | None = Field(default=None, ge=0)
    strategic: bool = False
    deviations: int = Field(default=0, ge=0)
    delivery_on: date | None = None
    warranty_months: int | None = Field(default=None, ge=0, le=240)
    penalty_cap: int | None = Field(default=None, ge=0, le=100)
    ar_id: int | None = None
    sr_id: int | None = None
    fr_id: int | None = None
    pd_id: int | None = None
    contract_mgr_id: int | None = None
    delivery_pm_id: int | None = None
    milestones: list[PlannedMilestone] = Field(default_factory=list, max_length=MOST_MILESTONES)
    obligations: list[PlannedObligation] = Field(default_factory=list, max_length=MOST_OBLIGATIONS)


def read(given: Mapping[str, Any]) -> SignedContract:
    """Return what a message says of a signed contract; raises ``InvalidAnswers`` that names each field."""
    return _checked(SignedContract, given)


def read_milestones(rows: Sequence[Mapping[str, Any]]) -> list[PlannedMilestone]:
    """Return the rows of a table of milestones; raises ``InvalidAnswers``."""
    return [_checked(PlannedMilestone, row, f"milestones.{index}.") for index, row in enumerate(rows)]


def read_obligations(rows: Sequence[Mapping[str, Any]]) -> list[PlannedObligation]:
    """Return the rows of a table of obligations; raises ``InvalidAnswers``."""
    return [_checked(PlannedObligation, row, f"obligations.{index}.") for index, row in enumerate(rows)]


def _checked(model: type[M], given: Mapping[str, Any], where: str = "") -> M:
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        problems: dict[str, list[str]] = {}
        for each in error.errors():
            path = where + ".".join(str(part) for part in each["loc"])
            problems.setdefault(path, []).append(each["msg"])
        raise InvalidAnswers(problems) from error
