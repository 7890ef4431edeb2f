"""The words that diagrams may use: kinds of records, their statuses, roles; each in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from engine.business_records import kinds
from engine.text import Text
from handlers.organisation.roles import CASE_ROLES, ROLES


def statuses() -> dict[str, Mapping[str, Text]]:
    """Return the statuses of every kind of record that somebody keeps, as ``handlers.<kind>.statuses`` names them."""
    found: dict[str, Mapping[str, Text]] = {}
    for kind in kinds():
        module = f"handlers.{kind}.statuses"
        there = find_spec(f"handlers.{kind}") is not None and find_spec(module) is not None
        found[kind] = import_module(module).STATUSES if there else {}
    return found


def roles() -> dict[str, Text]:
    """Return every role that a lane may name."""
    return {**ROLES, **CASE_ROLES}
