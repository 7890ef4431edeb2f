"""Days and months begin where the company works (``LTC_ZONE``), not where the product was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import sessions, transaction, zone_of
from engine.directory import SYSTEM
from engine.releases import operations as releases
from engine.releases import queries as released
from engine.settings import Settings
from handlers.days import today_of
from handlers.numbering import next_number
from tests.diagrams import chain
from webui.assembly import assemble

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
TURN_OF_THE_MONTH = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
"""Half past eleven of 1 December in Shanghai, half past ten in the evening of 30 November in New York."""


@pytest.mark.parametrize(
    ("zone", "number", "today"),
    [
        (SHANGHAI, "LD-202612-0001", date(2026, 12, 1)),
        (NEW_YORK, "LD-202611-0001", date(2026, 11, 30)),
    ],
)
def test_numbers_and_days_follow_the_zone_of_the_company(
    factory: sessionmaker[Session], zone: ZoneInfo, number: str, today: date
) -> None:
    with transaction(sessions(factory.kw["bind"], zone)) as session:
        assert next_number(session, "LD", now=TURN_OF_THE_MONTH) == number
        assert today_of(session, TURN_OF_THE_MONTH) == today


def test_the_days_of_diagrams_follow_the_zone_of_the_company(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        release_id = releases.deploy(session, chain(1), by=SYSTEM, now=TURN_OF_THE_MONTH).id
    today = {}
    for zone in (SHANGHAI, NEW_YORK):
        with transaction(sessions(factory.kw["bind"], zone)) as session:
            program = released.program(session, release_id)
        today[zone] = program.value("today()", {}, FixedClock(TURN_OF_THE_MONTH))
    assert today == {SHANGHAI: "2026-12-01", NEW_YORK: "2026-11-30"}


def test_the_product_hands_the_zone_of_its_settings_to_every_session(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LTC_DATA": str(tmp_path), "LTC_ZONE": "America/New_York"})
    product = assemble(replace(settings, database_url=f"sqlite:///{tmp_path / 'zone.db'}"))
    with product.sessions() as session:
        assert zone_of(session) == NEW_YORK
    product.engine.dispose()
