"""The tables of releases: numbered, immutable, each file stored once by the hash of its content."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Id, Json, UtcDateTime


class Release(Base):
    """One snapshot of the whole ``processes/`` folder. ``digest`` is the hash over all its paths and contents.

    ``folder_hashes`` keeps what a deployed folder held when it was joined with what had been published meanwhile.
    """

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(Id)
    folder_hashes: Mapped[dict[str, str] | None] = mapped_column(Json)


class FileContent(Base):
    """The content of a file, under its SHA-256."""

    __tablename__ = "file_content"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ReleaseFile(Base):
    """One file of a release, ``path`` relative to ``processes/``."""

    __tablename__ = "release_file"

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("file_content.sha256"))
