"""Leads in lists and from files: who sees which, search, load, import; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from engine.business_records import keeper_of
from engine.clock import FixedClock
from engine.database import count_statements, reading, transaction
from engine.directory import Actor, group_key
from engine.errors import InvalidAnswers, NotAllowed, NotFound
from handlers.lead import operations, queries
from handlers.lead.importing import RowReport, import_leads, table_of
from handlers.lead.records import Lead
from handlers.spreadsheet import UnreadableFile
from tests.engine.leads.desk import FORM, WAN, Desk

# --- lists -----------------------------------------------------------------------------------------------------------


def seen(desk: Desk, by: Actor, wanted: queries.Wanted | None = None, **how: Any) -> list[int]:
    with reading(desk.factory) as session:
        return [lead.id for lead in queries.listing(session, by, wanted, **how).leads]


def test_people_see_their_own_leads_and_those_of_the_units_where_a_role_lets_them(desk: Desk) -> None:
    company = desk.company
    mine = desk.open()
    secret = desk.open(secrecy=True, by=desk.by(company.fu_rong))
    draft = desk.open(status="DRAFT", by=desk.by(company.fu_rong))
    western = desk.open(unit_id=company.west.id, by=desk.by(company.fu_rong))
    owned = desk.nurtured()
    lin = desk.by(company.lin, group_key("lead_manager", company.east.id))
    an_rui = desk.by(company.an_rui, group_key("ar", company.shanghai.id))
    assert set(seen(desk, desk.by(company.eve))) == {mine, owned}
    assert set(seen(desk, desk.by(company.fu_rong))) == {secret, draft, western}
    assert set(seen(desk, lin)) == {mine, secret, owned}
    assert set(seen(desk, an_rui)) == {mine, owned}
    assert set(seen(desk, desk.by(company.su_ran))) == {owned}
    assert set(seen(desk, desk.by(company.max, group_key("pmo", company.company.id)))) == {mine, western, owned}
    with reading(desk.factory) as session:
        for hidden in (secret, draft, western, 999_999):
            with pytest.raises(NotFound):
                queries.page_of(session, hidden, an_rui)
        assert queries.counts(session, lin) == {"SUBMITTED": 2, "NURTURING": 1}


def test_a_list_is_searched_narrowed_sorted_and_paged(desk: Desk, clock: FixedClock) -> None:
    company = desk.company
    boss = desk.by(company.max, group_key("sales_mgmt", company.company.id))
    ids = []
    for index in range(7):
        clock.advance(timedelta(minutes=1))
        customer = "ACME Ltd" if index % 2 else "宝山钢铁"
        ids.append(desk.open(title=f"Need {index}", customer=customer, estimated_amount=(7 - index) * WAN))
    desk.run(ids[3], "lead.number")
    assert seen(desk, boss) == ids[::-1]
    assert seen(desk, boss, descending=False) == ids
    assert seen(desk, boss, sort="amount") == ids
    assert seen(desk, boss, sort="no such column") == ids[::-1]
    assert seen(desk, boss, queries.Wanted(search="acme")) == [ids[5], ids[3], ids[1]]
    assert seen(desk, boss, queries.Wanted(search="宝山 need 4")) == [ids[4]]
    assert seen(desk, boss, queries.Wanted(search="ld-202611-0001")) == [ids[3]]
    assert seen(desk, boss, queries.Wanted(search="%")) == []
    assert seen(desk, boss, queries.Wanted(statuses=["CLOSED"])) == []
    assert seen(desk, boss, queries.Wanted(unit_id=company.west.id)) == []
    assert len(seen(desk, boss, queries.Wanted(unit_id=company.east.id, maturity="warm"))) == 7
    assert seen(desk, boss, queries.Wanted(only_mine=True)) == []
    with reading(desk.factory) as session:
        pages = [queries.listing(session, boss, page=number, size=3) for number in (1, 2, 3)]
    assert [[lead.id for lead in page.leads] for page in pages] == [ids[:3:-1], ids[3:0:-1], ids[:1]]
    assert [page.has_more for page in pages] == [True, True, False]


def test_a_list_costs_one_statement_however_many_leads_there_are(desk: Desk, database: Engine) -> None:
    lin = desk.by(desk.company.lin, group_key("lead_manager", desk.company.east.id))
    for count in (1, 5):
        for _ in range(count):
            desk.open()
        with reading(desk.factory) as session, count_statements(database) as counted:
            assert queries.listing(session, lin, queries.Wanted(search="stock", statuses=["SUBMITTED"])).leads
        assert counted.statements == 1


def test_load_and_stale_leads_are_counted_per_owner(desk: Desk, clock: FixedClock) -> None:
    first = desk.nurtured()
    clock.advance(timedelta(days=20))
    second = desk.nurtured()
    desk.status(desk.nurtured(), "CLOSED")
    company = desk.company
    with reading(desk.factory) as session:
        assert queries.load_of(session, [company.su_ran.id, company.su_lin.id]) == {
            company.su_ran.id: 2, company.su_lin.id: 0,
        }  # fmt: skip
    clock.advance(timedelta(days=15))
    with reading(desk.factory) as session:
        assert [lead.id for lead in queries.stale(session, now=clock.now())] == [first]
        assert [lead.id for lead in queries.stale(session, now=clock.now(), idle_days=10)] == [first, second]
        assert queries.stale(session, now=clock.now(), unit_id=company.west.id) == []


# --- import ----------------------------------------------------------------------------------------------------------


def importing(desk: Desk, content: bytes) -> list[RowReport]:
    keeper = keeper_of("lead")
    assert keeper is not None

    def start(session: Session, row: dict[str, Any]) -> str:
        who = desk.by(desk.company.eve)
        lead_id, _ = keeper.open(session, row, unit_id=None, by=who, now=desk.clock.now())
        lead = queries.get(session, lead_id)
        given = operations.number(session, lead, now=desk.clock.now())
        if row["title"] == "Refused by the case":
            raise NotAllowed(why="no such right")
        return given

    with transaction(desk.factory) as session:
        table = table_of(content, json.loads(FORM.read_text(encoding="utf-8")))
        by, now = desk.by(desk.company.eve), desk.clock.now()
        return import_leads(session, table, by=by, now=now, start=start)


def test_every_row_becomes_a_lead_or_says_why_not(desk: Desk) -> None:
    content = (
        b"title,customer,unit_id,channel,problem,product_areas,maturity,expected_amount,expected_decision_on,secrecy\n"
        b'Planning,ACME,SH,Customer visit,"Parts, always missing",software;cloud,Warm: being discussed,"1,200.5",'
        b"2027/3/1,no\n"
        b"No customer,,SH,partner,x,cloud,hot,,,\n"
        b"\n"
        b"Odd channel,ACME,SH,pigeon,x,cloud,hot,,,\n"
        b"Refused by the case,ACME,SH,partner,x,cloud,hot,,,\n"
        b"Odd amount,ACME,SH,partner,x,cloud,hot,many,,\n"
        b"Odd date,ACME,SH,partner,x,cloud,hot,,2027-02-30,\n"
        b"Second,ACME,STEEL,referral,x,cloud,cold,,,yes\n"
    )
    reports = importing(desk, content)
    assert [(each.line, each.number) for each in reports] == [
        (2, "LD-202611-0001"), (3, None), (5, None), (6, None), (7, None), (8, None), (9, "LD-202611-0002"),
    ]  # fmt: skip
    refusals = {each.line: each.refusal for each in reports if each.refusal is not None}
    assert refusals.keys() == {3, 6}
    assert isinstance(refusals[3], InvalidAnswers)
    assert refusals[3].errors == {"customer": ["required"]}
    assert isinstance(refusals[6], NotAllowed)
    unreadable = {each.line: [text.en for text in each.unreadable] for each in reports if each.unreadable}
    assert unreadable == {
        5: ["Channel: 'pigeon' is not known"],
        7: ["Expected amount: 'many' is not an amount in 10,000 yuan"],
        8: ["Expected decision date: '2027-02-30' is not a date"],
    }
    with reading(desk.factory) as session:
        leads = list(session.scalars(sa.select(Lead).order_by(Lead.id)))
    assert [lead.title for lead in leads] == ["Planning", "Second"], "a refused row leaves nothing behind"
    assert (leads[0].expected_amount, leads[0].product_areas) == (1_200_500_000, ["software", "cloud"])
    assert (leads[0].unit_id, leads[0].maturity, leads[0].expected_decision_on) == (
        desk.company.shanghai.id, "warm", date(2027, 3, 1),
    )  # fmt: skip
    assert (leads[0].secrecy, leads[1].secrecy) == (False, True)
    again = importing(desk, content)
    assert not any(each.accepted for each in again), "who did not see the report may send the file again"
    assert "LD-202611-0001" in str(again[0].refusal)


@pytest.mark.parametrize("encode", [lambda text: text.encode("utf-8-sig"), lambda text: text.encode("gb18030")])
def test_a_chinese_file_from_a_spreadsheet_is_understood(desk: Desk, encode: Callable[[str], bytes]) -> None:
    content = (
        "线索名称*;客户名称;区域/代表处;线索来源;客户的问题或痛点;产品/解决方案领域;成熟度;预计金额\r\n"
        "库存计划;宝山钢铁;上海代表处;客户拜访;缺料停线;软件平台、安全;温;350万\r\n"
    )
    (report,) = importing(desk, encode(content))
    assert report.accepted, report
    with reading(desk.factory) as session:
        (lead,) = session.scalars(sa.select(Lead))
    assert (lead.customer_name, lead.product_areas, lead.expected_amount) == (
        "宝山钢铁",
        ["software", "security"],
        350 * WAN,
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"colour,shape\nred,round\n", b"title,title\na,b\n", b"\xff\xfe\x00\x81", b'title\n"never closed\n'],
)
def test_what_is_no_such_table_is_refused_as_a_whole(desk: Desk, content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        importing(desk, content)
    with reading(desk.factory) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Lead)) == 0
