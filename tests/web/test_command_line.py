"""The command line: releases, people, imports, the schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.settings import Settings
from tests.web.conftest import Browser
from webui.app import create_app
from webui.cli import ltc


class Console:
    """A shell in which the product's environment is set."""

    def __init__(self, data: Path) -> None:
        self.environment = {"LTC_DATA": str(data), "DATABASE_URL": f"sqlite:///{data / 'console.db'}"}

    def run(self, *words: str, stdin: str = "") -> Result:
        """Run ``ltc`` with ``words``."""
        return CliRunner().invoke(ltc, words, env=self.environment, input=stdin)

    def ok(self, *words: str, stdin: str = "") -> str:
        """Run ``ltc`` and return what it printed; it must succeed."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.fixture
def company(console: Console, tmp_path: Path) -> Console:
    """A company of two units and two people, imported."""
    units, people = tmp_path / "units.csv", tmp_path / "people.csv"
    units.write_text("code,name_zh,name_en,level,parent\nhq,总部,Head office,company,\nsz,深圳,Shenzhen,rep,hq\n")
    rows = "username,name_zh,name_en,email,unit,roles\nsuran,苏然,Su Ran,,sz,sr\nlin,林,Lin,,hq,lead_manager;admin\n"
    people.write_bytes(rows.encode("gb18030"))
    assert "2 units added" in console.ok("import", "units", str(units))
    assert "2 people added" in console.ok("import", "people", str(people), "--passwords", str(tmp_path / "passwords"))
    return console


def test_every_word_of_the_command_line_explains_itself(console: Console) -> None:
    words = [line.split()[0] for line in console.ok("--help").split("Commands:")[1].splitlines() if line.strip()]
    assert {"serve", "worker", "deploy", "user", "import", "translations", "db"} <= set(words)
    for word in words:
        assert "Usage:" in console.ok(word, "--help")


def test_imported_people_sign_in_with_their_first_passwords(company: Console, tmp_path: Path) -> None:
    lines = (tmp_path / "passwords").read_text().splitlines()
    passwords = dict(line.split("\t") for line in lines)
    assert (tmp_path / "passwords").stat().st_mode & 0o077 == 0
    browser = Browser(create_app(Settings.from_environment(company.environment)))
    assert browser.sign_in("suran", passwords["suran"]).status_code == 302
    people = json.loads(company.ok("user", "list", "--json"))
    assert {each["username"]: each["roles"] for each in people} == {
        "lin": ["admin@hq", "lead_manager@hq"],
        "suran": ["sr@sz"],
    }


def test_a_file_with_a_mistake_imports_nobody_and_names_the_line(company: Console, tmp_path: Path) -> None:
    people = tmp_path / "more.csv"
    people.write_text("username,name_zh,name_en,email,unit,roles\nnew,新,New,,sz,sr\nother,他,Other,,nowhere,sr\n")
    result = company.run("import", "people", str(people), "--passwords", str(tmp_path / "more-passwords"))
    assert result.exit_code == 1
    assert "more.csv line 3" in result.output
    assert "new" not in company.ok("user", "list").split()
    assert not (tmp_path / "more-passwords").exists()


def test_leads_from_a_file_become_cases_and_bad_rows_are_named(company: Console, tmp_path: Path) -> None:
    company.ok("deploy")
    leads = tmp_path / "leads.csv"
    leads.write_text(
        "title,customer,unit_id,channel,problem,product_areas,maturity\n"
        "智能质检改造,华东精密制造有限公司,sz,客户拜访,人工质检漏检率高,network,warm\n"
        "没有客户的线索,,sz,客户拜访,不清楚,network,warm\n",
        encoding="utf-8",
    )
    report = company.run("import", "leads", str(leads), "--by", "suran", "--json")
    rows = json.loads(report.output)
    assert [each["line"] for each in rows] == [2, 3]
    assert rows[0]["number"].startswith("LD-"), rows
    assert rows[1]["number"] is None
    assert rows[1]["reason"] == "Customer: required"
    assert report.exit_code == 1
    leads.write_bytes(b"PK\x03\x04 a workbook")
    for what, more in (("leads", ("--by", "suran")), ("units", ())):
        refused = company.run("import", what, str(leads), *more)
        assert refused.exit_code == 1
        assert "leads.csv: This is a workbook" in refused.output


def test_the_same_processes_make_no_second_release(console: Console) -> None:
    assert "release 1 is current" in console.ok("deploy")
    assert json.loads(console.ok("deploy", "--json"))["release"] == 1


def test_diagrams_that_cannot_run_are_refused_with_reasons(console: Console, tmp_path: Path) -> None:
    folder = tmp_path / "processes"
    folder.mkdir()
    (folder / "broken.bpmn").write_text("<bpmn")
    result = console.run("deploy", str(folder))
    assert result.exit_code == 1
    assert "broken.bpmn" in result.output
    assert "not released" in result.output
    findings = json.loads(console.run("deploy", str(folder), "--json", "--language", "zh_CN").output)["findings"]
    assert findings[0]["file"] == "broken.bpmn"


def test_a_user_is_added_and_gets_a_new_password(company: Console) -> None:
    added = company.ok("user", "create", "fang", "--name-zh", "方", "--unit", "hq", "--role", "finance")
    assert "fang added, password " in added
    assert "password set" in company.ok("user", "password", "fang", "--password-stdin", stdin="a-password-of-hers\n")
    refused = company.run("user", "password", "nobody", "--password-stdin", stdin="a-password-of-hers\n")
    assert refused.exit_code != 0


def test_the_schema_goes_forward_back_and_forward_again(console: Console) -> None:
    assert "empty ->" in console.ok("db", "upgrade")
    assert "already at" in console.ok("db", "upgrade")
    assert "-> empty" in console.ok("db", "downgrade", "base", "--yes")
    assert "empty ->" in console.ok("db", "upgrade")
