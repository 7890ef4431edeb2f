"""Units, users, roles, signing in, and the directory that finds people for the engine; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import count_statements, reading, transaction
from engine.directory import Assignment, CaseFacts, group_key
from engine.errors import Fault, InvalidInput, NotFound
from handlers.organisation import operations, passwords, queries, roles
from handlers.organisation.directory import OrganisationDirectory
from handlers.organisation.records import User
from tests.company import Company, found

PASSWORD = "steel and glass"


@pytest.fixture
def company(factory: sessionmaker[Session], clock: FixedClock) -> Company:
    with transaction(factory) as session:
        return found(session, clock.now())


@pytest.fixture
def directory(clock: FixedClock) -> OrganisationDirectory:
    return OrganisationDirectory(clock)


def assigned(
    factory: sessionmaker[Session], directory: OrganisationDirectory, case: CaseFacts, *lanes: str
) -> list[Assignment]:
    with reading(factory) as session:
        return directory.assign(session, lanes, case)


def test_a_lane_waits_for_the_holders_at_the_case_unit_or_the_nearest_unit_above(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    case = CaseFacts(company.steel.id)
    assert assigned(factory, directory, case, "sr", "lead_manager", "sales_mgmt", "process_owner") == [
        Assignment(group_key("sr", company.shanghai.id)),
        Assignment(group_key("lead_manager", company.east.id)),
        Assignment(group_key("sales_mgmt", company.east.id)),
        Assignment(group_key("process_owner", company.company.id)),
    ]


def test_holders_of_a_sister_unit_are_not_asked_and_what_nobody_holds_waits_for_the_administrators(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    assert assigned(factory, directory, CaseFacts(company.west.id), "lead_manager", "finance", "sales_mgmt") == [
        Assignment("admin"),
        Assignment("admin"),
        Assignment(group_key("sales_mgmt", company.company.id)),
    ]


def test_a_case_without_a_unit_belongs_to_the_top(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    assert assigned(factory, directory, CaseFacts(None), "sales_mgmt", "ar") == [
        Assignment(group_key("sales_mgmt", company.company.id)),
        Assignment("admin"),
    ]


def test_the_case_team_comes_before_the_holders_of_a_role_and_the_submitter_is_who_started(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    case = CaseFacts(
        company.shanghai.id, team={"lead_owner": company.su_ran.id, "ar": company.eve.id}, started_by=company.eve.id
    )
    assert assigned(factory, directory, case, "lead_owner", "ar", "submitter", "everyone", "sr") == [
        Assignment("admin", company.su_ran.id),
        Assignment(group_key("ar", company.shanghai.id), company.eve.id),
        Assignment("admin", company.eve.id),
        Assignment("everyone"),
        Assignment(group_key("sr", company.shanghai.id)),
    ]


def test_work_of_somebody_who_left_goes_to_the_group(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company, clock: FixedClock
) -> None:
    case = CaseFacts(company.shanghai.id, team={"ar": company.an_rui.id}, started_by=company.an_rui.id)
    with transaction(factory) as session:
        operations.deactivate(session, queries.user(session, company.an_rui.id), now=clock.now())
    assert assigned(factory, directory, case, "ar", "submitter") == [Assignment("admin"), Assignment("admin")]


@pytest.mark.parametrize(
    ("office", "region", "screener"), [(None, None, "ar"), ("fr", None, "fr"), (None, "fr", "fr"), ("ar", "fr", "ar")]
)
def test_leads_are_screened_by_the_role_the_nearest_unit_says(
    factory: sessionmaker[Session],
    directory: OrganisationDirectory,
    company: Company,
    office: str | None,
    region: str | None,
    screener: str,
) -> None:
    with transaction(factory) as session:
        operations.set_screening_role(queries.unit(session, company.shanghai.id), office)
        operations.set_screening_role(queries.unit(session, company.east.id), region)
    assert assigned(factory, directory, CaseFacts(company.steel.id), "lead_screener") == [
        Assignment(group_key(screener, company.shanghai.id))
    ]


def test_the_body_of_a_level_decides_whoever_is_in_the_team_else_the_next_one_above_and_at_last_the_highest_there_is(
    factory: sessionmaker[Session], clock: FixedClock, directory: OrganisationDirectory, company: Company
) -> None:
    with transaction(factory) as session:
        for unit in (company.shanghai, company.east):
            operations.grant(session, company.max, "decision_team", unit, now=clock.now())
    case = CaseFacts(company.steel.id, team={"decision_team": company.dong.id, "sales_mgmt": company.dong.id})
    levels = [None, "rep", "region", "company", "company", "rep"]
    lanes = [*["decision_team"] * 4, "sales_mgmt", "finance"]
    with reading(factory) as session:
        found = directory.assign(session, lanes, case, levels)
        with pytest.raises(Fault):
            directory.assign(session, ["sales_mgmt"], case, ["galaxy"])
    assert found == [
        Assignment(group_key("decision_team", company.shanghai.id), company.dong.id),
        Assignment(group_key("decision_team", company.shanghai.id)),
        Assignment(group_key("decision_team", company.east.id)),
        Assignment(group_key("decision_team", company.east.id)),
        Assignment(group_key("sales_mgmt", company.company.id)),
        Assignment("admin"),
    ]


def test_the_flow_of_opportunities_is_that_of_the_nearest_unit_that_says(
    factory: sessionmaker[Session], company: Company
) -> None:
    with transaction(factory) as session:
        assert queries.opportunity_flow(session, company.steel.id) == "full"
        operations.set_opportunity_flow(session.merge(company.east), "four_step")
        session.flush()
        assert queries.opportunity_flow(session, company.steel.id) == "four_step"
        assert queries.opportunity_flow(session, company.west.id) == "full"
        assert queries.opportunity_flow(session, None) == "full"
        with pytest.raises(operations.UnfitUnit):
            operations.set_opportunity_flow(company.east, "five_step")


def test_all_lanes_of_a_step_are_resolved_with_one_statement(
    factory: sessionmaker[Session], database: Engine, directory: OrganisationDirectory, company: Company
) -> None:
    lanes = ["submitter", "lead_screener", "lead_manager", "lead_owner", "ar", "sr", "fr", "sales_mgmt", "qa"]
    team = {"lead_owner": company.su_ran.id, "ar": company.an_rui.id}
    case = CaseFacts(company.steel.id, team=team, started_by=company.eve.id)
    with reading(factory) as session, count_statements(database) as count:
        assert len(directory.assign(session, lanes, case)) == len(lanes)
        assert count.statements == 1
        directory.assign(session, ["everyone"], case)
        assert count.statements == 1


def test_an_actor_is_read_with_one_statement_and_holds_the_groups_that_work_waits_for(
    factory: sessionmaker[Session], database: Engine, directory: OrganisationDirectory, company: Company
) -> None:
    with reading(factory) as session, count_statements(database) as count:
        actor = directory.actor(session, company.max.id)
        assert count.statements == 1
    assert actor.groups == {
        "everyone", group_key("sales_manager", company.shanghai.id), group_key("sales_mgmt", company.east.id)
    }  # fmt: skip
    assert actor.roles == {"everyone", "sales_manager", "sales_mgmt"}
    assert (actor.user_id, actor.name, actor.language) == (company.max.id, "马克斯", "zh_CN")
    with reading(factory) as session:
        assert "admin" in directory.actor(session, company.ouyang.id).groups
        assert directory.actor(session, company.eve.id).groups == {"everyone"}


def test_every_group_a_lane_resolves_to_is_held_by_somebody(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    with reading(factory) as session:
        held = set[str]().union(*(directory.actor(session, user.id).groups for user in session.query(User)))
        for unit in (company.company, company.east, company.west, company.shanghai, company.steel):
            for group in directory.assign(session, [*roles.ROLES, *roles.CASE_ROLES], CaseFacts(unit.id)):
                assert group.group in held


def test_roles_count_only_while_they_are_held(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company, clock: FixedClock
) -> None:
    with transaction(factory) as session:
        eve = queries.user(session, company.eve.id)
        operations.grant(session, eve, "qa", company.east, now=clock.now(), until=clock.now() + timedelta(days=7))
    case = CaseFacts(company.east.id)
    assert assigned(factory, directory, case, "qa") == [Assignment(group_key("qa", company.east.id))]
    clock.advance(timedelta(days=7))
    assert assigned(factory, directory, case, "qa") == [Assignment("admin")]
    with reading(factory) as session:
        assert directory.actor(session, company.eve.id).roles == {"everyone"}


def test_a_role_is_held_once_per_unit_and_ends_when_it_is_revoked(
    factory: sessionmaker[Session], company: Company, clock: FixedClock
) -> None:
    with transaction(factory) as session:
        eve = queries.user(session, company.eve.id)
        first = operations.grant(session, eve, "qa", company.east, now=clock.now())
        assert operations.grant(session, eve, "qa", company.east, now=clock.now()).id == first.id
        held = queries.holdings(session, now=clock.now(), user_ids=[eve.id])
        assert [(each.role, each.unit.code) for each in held] == [("qa", "EAST")]
        operations.revoke(session, first.id, now=clock.now())
        assert queries.holdings(session, now=clock.now(), user_ids=[eve.id]) == []
        with pytest.raises(operations.UnknownRole):
            operations.grant(session, eve, "emperor", company.east, now=clock.now())
        with pytest.raises(operations.UnknownRole):
            operations.grant(session, eve, "everyone", company.east, now=clock.now())


def test_late_work_escalates_to_the_units_manager_and_then_to_the_next_level(
    factory: sessionmaker[Session], directory: OrganisationDirectory, company: Company
) -> None:
    with reading(factory) as session:
        assert directory.superiors(session, company.steel.id, 1) == [company.max.id]
        assert directory.superiors(session, company.shanghai.id, 2) == [company.max.id]
        assert directory.superiors(session, company.east.id, 1) == [company.dong.id]
        assert directory.superiors(session, company.east.id, 2) == [company.dong.id]
        assert directory.superiors(session, company.company.id, 2) == [company.dong.id]
        assert directory.superiors(session, None, 1) == [company.dong.id]


def test_units_are_listed_from_the_top_and_must_lie_below_their_parent(
    factory: sessionmaker[Session], company: Company
) -> None:
    with transaction(factory) as session:
        assert [unit.code for unit in queries.units(session)] == ["HQ", "EAST", "SH", "STEEL", "WEST"]
        with pytest.raises(operations.UnfitUnit):
            operations.create_unit(session, "X", name_en="X", name_zh="某", level="region", parent=company.shanghai)
        with pytest.raises(operations.UnfitUnit):
            operations.create_unit(session, "X", name_en="X", name_zh="某", level="planet")
        with pytest.raises(operations.NameTaken):
            operations.create_unit(session, "SH", name_en="X", name_zh="某", level="rep", parent=company.east)


def signed_in(factory: sessionmaker[Session], clock: FixedClock, username: str, password: str) -> int | None:
    with transaction(factory) as session:
        user = operations.authenticate(session, username, password, now=clock.now())
        return user.id if user else None


@pytest.fixture
def su_ran(factory: sessionmaker[Session], company: Company) -> User:
    with transaction(factory) as session:
        user = queries.user(session, company.su_ran.id)
        operations.set_password(session, user, PASSWORD)
        return user


def test_a_person_signs_in_with_name_and_password_whatever_the_case_of_the_name(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User
) -> None:
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id
    assert signed_in(factory, clock, " SuRan ", PASSWORD) == su_ran.id
    assert signed_in(factory, clock, "suran", PASSWORD.upper()) is None
    assert signed_in(factory, clock, "nobody", PASSWORD) is None
    assert signed_in(factory, clock, "", "") is None
    assert signed_in(factory, clock, "anrui", PASSWORD) is None, "An Rui has no password yet"


def test_a_password_that_changes_while_it_is_compared_counts_as_it_is_now(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User
) -> None:
    with reading(factory) as session:
        before = operations.compare(session, "suran", PASSWORD)
    assert before.fits
    with transaction(factory) as session:
        operations.set_password(session, queries.user(session, su_ran.id), "another-password")
    with transaction(factory) as session:
        assert operations.authenticate(session, "suran", PASSWORD, now=clock.now(), compared=before) is None


def test_five_wrong_passwords_lock_the_account_for_a_while_that_doubles(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User
) -> None:
    for _ in range(5):
        assert signed_in(factory, clock, "suran", "wrong") is None
    assert signed_in(factory, clock, "suran", PASSWORD) is None
    clock.advance(timedelta(seconds=31))
    assert signed_in(factory, clock, "suran", "wrong") is None
    clock.advance(timedelta(seconds=31))
    assert signed_in(factory, clock, "suran", PASSWORD) is None, "the second wait is a minute"
    clock.advance(timedelta(seconds=30))
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id
    assert signed_in(factory, clock, "suran", "wrong") is None
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id, "a success forgets the failures"


def test_somebody_who_left_cannot_sign_in_and_all_sessions_end(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User, directory: OrganisationDirectory
) -> None:
    with transaction(factory) as session:
        user = queries.user(session, su_ran.id)
        before = user.epoch
        operations.deactivate(session, user, now=clock.now())
        assert user.epoch == before + 1
    assert signed_in(factory, clock, "suran", PASSWORD) is None
    with reading(factory) as session:
        assert directory.person(session, su_ran.id) is None
        with pytest.raises(NotFound):
            directory.actor(session, su_ran.id)
    with transaction(factory) as session:
        operations.reactivate(session, queries.user(session, su_ran.id))
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id


def test_a_hash_made_with_weaker_settings_is_made_anew_at_the_next_sign_in(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with transaction(factory) as session:
        queries.user(session, su_ran.id).password_hash = weak
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id
    with reading(factory) as session:
        renewed = queries.user(session, su_ran.id).password_hash
    assert renewed is not None
    assert renewed != weak
    assert not passwords.is_outdated(renewed)
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id


@pytest.mark.usefixtures("su_ran")
def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    factory: sessionmaker[Session], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Parameters] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, kept: str, password: str) -> bool:
        compared.append(extract_parameters(kept))
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert signed_in(factory, clock, "nobody", "wrong") is None
    assert signed_in(factory, clock, "suran", "wrong") is None
    unknown, wrong = compared
    assert unknown == wrong


@pytest.mark.parametrize("password", ["short", "suran", "SURAN", "x" * 201])
def test_unfit_passwords_are_refused_and_the_old_one_stays(
    factory: sessionmaker[Session], clock: FixedClock, su_ran: User, password: str
) -> None:
    with pytest.raises(passwords.UnfitPassword), transaction(factory) as session:
        operations.set_password(session, queries.user(session, su_ran.id), password)
    assert signed_in(factory, clock, "suran", PASSWORD) == su_ran.id


@pytest.mark.usefixtures("company")
def test_login_names_are_unique_and_plain(factory: sessionmaker[Session], clock: FixedClock) -> None:
    with transaction(factory) as session:
        for taken in ("anrui", "ANRUI", " anrui "):
            with pytest.raises(operations.NameTaken):
                operations.create_user(session, taken, name_en="X", name_zh="某", now=clock.now())
        for unfit in ("", "  ", "an rui", "an;rui"):
            with pytest.raises(InvalidInput):
                operations.create_user(session, unfit, name_en="X", name_zh="某", now=clock.now())
        with pytest.raises(InvalidInput):
            operations.create_user(
                session, "pierre", name_en="Pierre", name_zh="皮埃尔", now=clock.now(), language="fr"
            )


def test_people_are_found_by_role_and_by_part_of_a_name(
    factory: sessionmaker[Session], clock: FixedClock, company: Company
) -> None:
    with reading(factory) as session:
        found_users = queries.users(session, now=clock.now(), role="sr")
        assert [user.username for user in found_users] == ["sulin", "suran"]
        assert [user.username for user in queries.users(session, now=clock.now(), search="苏")] == ["sulin", "suran"]
        assert [user.username for user in queries.users(session, now=clock.now(), search="FU R")] == ["furong"]
        assert queries.users(session, now=clock.now(), search="%") == []
        assert queries.names(session, [company.lin.id, None, 999_999], "zh_CN") == {company.lin.id: "林"}
        assert queries.has_administrator(session, now=clock.now())
        assert not queries.has_administrator(session, now=clock.now() - timedelta(days=1))


def test_every_role_has_a_name_in_both_languages() -> None:
    for key in (*roles.ROLES, *roles.CASE_ROLES):
        name = roles.name_of(key)
        assert name.en
        assert name.zh
    assert roles.name_of("drawn_by_an_owner").en == "drawn_by_an_owner"
