"""The table of quality flags (`ltc.md` D9, D117)."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime
from engine.text import Text

KINDS = MappingProxyType(
    {
        "OPERATING_QUALITY": Text("Operating quality: no win/loss report", "项目运作质量：未提交赢单/丢单总结"),
        "GATE_WAIVED": Text("Gate skipped or waived", "决策点被跳过或豁免"),
        "GUIDANCE_INCOMPLETE": Text("Pre-bid guidance incomplete", "标前引导不完整"),
        "HANDOVER_LATE": Text("Hand-over late", "合同交接超期"),
        "MILESTONE_OVERDUE": Text("Milestone overdue", "里程碑逾期"),
        "RECEIVABLE_OVERDUE": Text("Receivable overdue", "应收逾期"),
        "LEVEL_LOWERED": Text("Decision level lowered by hand", "决策层级被人工下调"),
    }
)
"""What a flag can be about (`ltc.md` D9)."""


class QualityFlag(Base):
    """One flag on a record; it is resolved when the cause is cured, and stays as history.

    ``severity`` is ``high``, ``medium`` or ``low``; ``subject`` tells two causes of one kind on one record apart
    (the milestone, the payment), empty when there is only one.
    """

    __tablename__ = "quality_flag"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    record_type: Mapped[str] = mapped_column(sa.String(20))
    record_id: Mapped[int] = mapped_column(Id)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(24))
    subject: Mapped[str] = mapped_column(sa.String(60), default="")
    severity: Mapped[str] = mapped_column(sa.String(8))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    resolution: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index("ix_quality_flag_record_type_record_id_kind", "record_type", "record_id", "kind"),
        sa.Index("ix_quality_flag_unit_id_resolved_at", "unit_id", "resolved_at"),
        sa.Index("ix_quality_flag_raised_at", "raised_at"),
    )
