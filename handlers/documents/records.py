"""The table of kept documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime


class KeptDocument(Base):
    """A document as it was when something was decided: never changed, never deleted.

    ``content`` is :meth:`handlers.documents.model.Document.content`; ``sha256`` its fingerprint, so that an edited row
    is found; ``gate`` names the decision (``ATI``, ``verdict``, …).
    """

    __tablename__ = "kept_document"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_type: Mapped[str] = mapped_column(sa.String(60))
    record_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    gate: Mapped[str] = mapped_column(sa.String(20))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    __table_args__ = (sa.Index("ix_kept_document_record", "record_type", "record_id", "id"),)
