"""``ltc authority``: granting, listing and ending what a team may agree to."""

from __future__ import annotations

import json

from engine.errors import InvalidInput, NotFound
from tests.web.test_command_line import Console, company, console

__all__ = ["company", "console"]
GRANT = ("--level", "region", "--amount", "500", "--margin", "20", "--discount", "10", "--days", "60")


def test_a_grant_is_listed_until_it_is_ended_and_bad_ones_are_refused(company: Console) -> None:
    assert json.loads(company.ok("authority", "list", "--json")) == []
    company.ok("authority", "grant", "sz", *GRANT)
    company.ok("authority", "grant", "sz", *GRANT, "--from", "2020-01-01", "--until", "2020-12-31")
    (row,) = json.loads(company.ok("authority", "list", "--json"))
    assert (row["unit"], row["amount"], row["liability"], row["until"]) == ("sz", 500, "capped", None)
    assert f"number {row['number']}" in company.ok("authority", "list")
    assert isinstance(company.run("authority", "grant", "nowhere", *GRANT).exception, NotFound)
    backwards = company.run("authority", "grant", "sz", *GRANT, "--from", "2027-02-01", "--until", "2027-01-01")
    assert isinstance(backwards.exception, InvalidInput)
    company.ok("authority", "end", str(row["number"]), "--on", "2020-01-01")
    assert json.loads(company.ok("authority", "list", "--json")) == []
    assert isinstance(company.run("authority", "end", "999").exception, NotFound)
