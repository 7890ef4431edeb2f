"""Completing a work item: at most eight statements and one commit, however long the case has been running."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.database import count_statements, transaction
from engine.instances.operations import complete, start
from engine.room import EngineRoom
from handlers.organisation.directory import OrganisationDirectory
from handlers.organisation.records import OrgUnit, RoleHolding, User
from tests.cast import AN_RUI, OFFICE
from tests.diagrams import Diagram, chain

ANSWERS = {"amount": 120_000_00, "wanted": True, "note": "客户想在三月之前看到方案"}


def test_each_of_twenty_completions_costs_the_same_six_statements_and_one_commit(
    database: Engine, factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(20))
    with transaction(factory) as session:
        item = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE).opened[0].id
    costs = []
    for _ in range(19):
        with count_statements(database) as count, transaction(factory) as session:
            item = complete(session, item, ANSWERS, by=AN_RUI, room=room).opened[0].id
        costs.append((count.statements, count.commits))
    # the fixed directory asks the database nothing: the question who gets the next task is the seventh
    assert costs == [(6, 1)] * 19


def test_a_case_that_only_goes_on_has_only_that_written(
    database: Engine, factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(2))
    with transaction(factory) as session:
        item = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE).opened[0].id
    said: list[str] = []
    sa.event.listen(database, "before_cursor_execute", lambda *given: said.append(given[2]))
    for ended in (False, True):
        said.clear()
        with transaction(factory) as session:
            done = complete(session, item, ANSWERS, by=AN_RUI, room=room)
        item = done.opened[0].id if done.opened else 0
        [update] = [each for each in said if each.startswith("UPDATE process_instance")]
        assert done.ended is ended
        assert all((f"{name}=" in update) is ended for name in ("status", "business_key", "record_id", "next_due_at"))


def test_with_the_real_directory_and_who_am_i_a_completion_costs_eight_statements(
    database: Engine, factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(20))
    directory = OrganisationDirectory(room.clock)
    real = EngineRoom(clock=room.clock, directory=directory, calendar=room.calendar, jobs=room.jobs)
    user_id, unit_id = employ(factory, real)
    with transaction(factory) as session:
        actor = directory.actor(session, user_id)
        item = start(session, "chain", by=actor, room=real, unit_id=unit_id).opened[0].id
    costs = []
    for _ in range(19):
        with count_statements(database) as count, transaction(factory) as session:
            actor = directory.actor(session, user_id)
            item = complete(session, item, ANSWERS, by=actor, room=real).opened[0].id
        costs.append((count.statements, count.commits))
    assert max(costs) <= (8, 1), costs
    assert min(costs) == max(costs)


def test_a_loop_turned_forty_times_costs_the_same_as_turned_once(
    database: Engine, factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    loop = Diagram("loop").start().end().task("visit", "ar").gateway("again", "exclusive", default="again_to_done")
    loop.gateway("merge", "exclusive").line("begin", "merge", "visit", "again", "done")
    loop.flow("again", "merge", "more == True")
    deploy(loop.file())
    with transaction(factory) as session:
        item = start(session, "loop", by=AN_RUI, room=room, unit_id=OFFICE).opened[0].id
    costs = []
    for _ in range(40):
        with count_statements(database) as count, transaction(factory) as session:
            item = complete(session, item, {"more": True}, by=AN_RUI, room=room).opened[0].id
        costs.append(count.statements)
    assert set(costs) == {6}
    with transaction(factory) as session:
        assert complete(session, item, {"more": False}, by=AN_RUI, room=room).ended


def employ(factory: sessionmaker[Session], room: EngineRoom) -> tuple[int, int]:
    """Put An Rui into the organisation's tables as AR of an office; return the ids of user and office."""
    now = room.clock.now()
    with transaction(factory) as session:
        office = OrgUnit(code="office", name_en="Office", name_zh="代表处", level="rep")
        an_rui = User(username="an.rui", name_en="An Rui", name_zh="安睿", created_at=now)
        session.add_all([office, an_rui])
        session.flush()
        session.add(RoleHolding(user_id=an_rui.id, role="ar", unit_id=office.id, valid_from=now))
        return an_rui.id, office.id
