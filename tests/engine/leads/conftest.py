"""The company whose leads are tested, and a desk in it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import transaction
from tests.company import Company, found
from tests.engine.leads.desk import Desk


@pytest.fixture
def company(factory: sessionmaker[Session], clock: FixedClock) -> Company:
    with transaction(factory) as session:
        return found(session, clock.now())


@pytest.fixture
def desk(factory: sessionmaker[Session], clock: FixedClock, company: Company) -> Desk:
    return Desk(factory, clock, company)
