"""The table of how stories went when they were played."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime


class StoryResult(Base):
    """How a story went. It holds for every content in which the story and all that it touched are the same.

    ``key`` names the story with all that decides what it touches; ``touched`` gives the hash of each file that it came
    upon; ``left`` says where it left its path; ``missed`` gives, for each process it entered, the flows and boundary
    events that it did not take.
    """

    __tablename__ = "story_result"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    story: Mapped[str] = mapped_column(sa.String(200))
    touched: Mapped[dict[str, str]] = mapped_column(Json)
    left: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    missed: Mapped[dict[str, list[str]]] = mapped_column(Json)
    milliseconds: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.Index("ix_story_result_key", "key", "id"),)
