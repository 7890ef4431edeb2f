"""Every table of the product, imported in one place."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

import engine
import handlers
from engine.database import Base


def metadata() -> sa.MetaData:
    """Import every module below ``webui`` and return all tables that they declare."""
    for room in (engine, handlers):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(found.name)
    return Base.metadata
