"""What automatic steps of contracts are told, where several are told the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from handlers.labels import label


class NoParameters(BaseModel):
    """The contract of the case is all this step needs."""


class Number(BaseModel):
    """Which one, counted from 1."""

    no: Annotated[int, label("Number", "序号", ge=1)]


class Position(BaseModel):
    """Which of them, counted from 0."""

    position: Annotated[int, label("Which (from 0)", "序号（从 0 起）", ge=0)]
