"""Importing leads on the page: every row is a lead or comes back with its reason."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from engine.database import transaction
from handlers.lead.records import Lead
from tests.web.conftest import Browser, Site

HEADING = (
    "线索名称*,客户名称*,区域/代表处*,线索来源*,客户的问题或痛点*,产品/解决方案领域*,成熟度*,预计金额,联系人电话\n"
)
GOOD = (
    "能耗精细化,东麟汽车零部件有限公司,深圳,客户拜访,电费超支,动力能源；软件平台,"
    "温：客户在讨论,95.5,+86 138 0013 8000\n"
)
BAD = "缺客户,,深圳,客户拜访,电费超支,动力能源,warm,1,\n"
WORSE = "=1+1,某公司,火星代表处,客户拜访,电费超支,动力能源,warm,很多,call me\n"
MENDED = "深圳,客户拜访,电费超支,动力能源,warm,1,"


def _send(browser: Browser, content: bytes) -> TestResponse:
    browser.get("/leads/import")
    return browser.post("/leads/import", {"file": (io.BytesIO(content), "leads.csv")})


def _leads(site: Site) -> list[Lead]:
    with transaction(site.product.sessions) as session:
        return list(session.scalars(sa.select(Lead).order_by(Lead.id)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk"])
def test_rows_that_fit_become_leads_and_the_others_say_why_not(leads_site: Site, encoding: str) -> None:
    answer = _send(leads_site.browser("lin"), (HEADING + GOOD + BAD + WORSE).encode(encoding))
    assert answer.status_code == 200
    (lead,) = _leads(leads_site)
    assert (lead.status, lead.expected_amount, lead.maturity) == ("SUBMITTED", 95_500_000, "warm")
    assert lead.submitter_id == leads_site.users["lin"].id
    assert lead.number
    assert lead.number in answer.text
    assert "成功导入 1 条线索" in answer.text
    assert "2 行未导入" in answer.text
    assert "缺少：客户名称" in answer.text
    assert "无法识别“火星代表处”；预计金额：“很多”不是以万元为单位的金额；联系人电话：格式不正确。" in answer.text


def test_columns_that_a_spreadsheet_left_empty_are_passed_over_and_nothing_in_them_is_lost(leads_site: Site) -> None:
    lines = (HEADING + GOOD + GOOD).splitlines()
    answer = _send(leads_site.browser("suran"), f"{lines[0]},,\n{lines[1]},,,\n新{lines[2]},,note\n".encode())
    assert "1 lead was taken in" in answer.text
    assert "a cell stands in a column without a name" in answer.text


def test_refused_rows_come_back_as_a_file_that_can_be_mended_and_imported_again(leads_site: Site) -> None:
    browser = leads_site.browser("lin")
    page = _send(browser, (HEADING + GOOD + BAD + WORSE).encode()).text
    found = re.search(r'name="rows" value="([^"]*)"', page)
    assert found
    refused = browser.post("/leads/import/refused.csv", {"rows": unescape(found[1])})
    rows = list(csv.reader(io.StringIO(refused.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["线索名称*", "缺客户", "'=1+1"]
    assert rows[0][-1] == "拒绝原因"
    assert "缺少：客户名称" in rows[1][-1]
    mended = refused.text.replace("缺客户,,", "缺客户,某公司,").replace(WORSE.strip().partition("司,")[2], MENDED)
    assert "成功导入 2 条线索" in _send(browser, mended.encode()).text
    assert [lead.title for lead in _leads(leads_site)] == ["能耗精细化", "缺客户", "=1+1"]


def test_the_template_has_the_headings_of_the_form_in_the_readers_language(leads_site: Site) -> None:
    english = leads_site.browser("suran").get("/leads/import/template.csv").text
    chinese = leads_site.browser("lin").get("/leads/import/template.csv").text
    assert english.startswith("\ufeffTitle*,Customer*")
    assert "Attachments" not in english
    assert chinese.startswith("\ufeff线索名称*,客户名称*")


def test_a_file_that_is_no_table_of_leads_is_refused_as_a_whole_and_says_why(leads_site: Site) -> None:
    english, chinese = leads_site.browser("suran"), leads_site.browser("lin")
    many = "".join(f"lead {number}\n" for number in range(5_001))
    for content, sentence, satz in (
        (b"", "Choose a file that is not empty.", "请选择非空的文件"),
        (b" \n\n,,\n", "its first row must name the columns", "第一行必须是列名"),
        (b"\x80\xff\x81", "no text in UTF-8 or GBK", "文件不是 UTF-8 或 GBK 文本"),
        (b"PK\x03\x04\x14\x00", "This is a workbook", "这是 Excel 工作簿"),
        (b"colour,title\nred,sweet\n", "not known: colour", "无法识别：colour"),
        ("title,线索名称\na,b\n".encode(), "stand for the same: title, 线索名称", "以下列重复：title、线索名称"),
        (b'Title\n"open quote', "Line 2 cannot be read", "第 2 行无法读取"),
        (f"title\n{many}".encode(), "more than 5,000 rows", "文件超过 5,000 行"),
    ):
        for browser, words, nothing in ((english, sentence, "Nothing was imported."), (chinese, satz, "没有导入")):
            answer = _send(browser, content)
            assert answer.status_code == 422
            assert words in unescape(answer.text)
            assert nothing in answer.text
    assert not _leads(leads_site)


@pytest.mark.parametrize("rows", ["", "[]", '{"heading": 1}', json.dumps({"heading": ["a"], "rows": [1]})])
def test_rows_that_no_page_of_ours_carried_are_refused(leads_site: Site, rows: str) -> None:
    browser = leads_site.browser("lin")
    browser.get("/leads/import")
    assert browser.post("/leads/import/refused.csv", {"rows": rows}).status_code == 422
