"""Every table of the product, imported in one place."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

import engine
import handlers
from engine.database import Base

RECORDS = "records"
JOURNAL = "journal"


def metadata() -> sa.MetaData:
    """Import every module that declares tables and return all of them."""
    for room in (engine, handlers):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if found.name.rpartition(".")[2] in {RECORDS, JOURNAL}:
                importlib.import_module(found.name)
    return Base.metadata
