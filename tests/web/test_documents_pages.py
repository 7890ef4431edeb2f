"""Documents on a page and as PDF: in the reader's language, for whoever may see the record, with real Chinese."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.database import transaction
from engine.directory import SYSTEM
from engine.text import Text
from handlers.documents import operations
from handlers.documents.model import NOTHING, Axis, Money, Radar, Table
from handlers.documents.records import KeptDocument
from handlers.lead.records import Lead
from tests.pdf_text import text_of
from tests.web.conftest import Site
from tests.web.lead_pages import submit_lead
from webui.documents.radar import drawn
from webui.documents.words import columns_of_numbers


def _lead(site: Site) -> int:
    submit_lead(site, site.browser("suran"))
    with transaction(site.product.sessions) as session:
        return session.scalars(sa.select(Lead.id)).one()


def _keep(site: Site, lead_id: int) -> int:
    with transaction(site.product.sessions) as session:
        [kept] = operations.keep(session, "lead", lead_id, "verdict", by=SYSTEM, now=site.clock.now())
        return kept


def test_a_document_speaks_the_readers_language(leads_site: Site) -> None:
    lead_id = _lead(leads_site)
    english = leads_site.browser("suran").get(f"/documents/lead/{lead_id}/lead_record").text
    chinese = leads_site.browser("anrui").get(f"/documents/lead/{lead_id}/lead_record").text
    for words in ("Lead record", "CNY 955,000", "Customer visit", "20 Nov 2026", "Su Ran", "每月电费超预算三成"):
        assert words in english, words
    for words in ("线索单", "95.5 万元", "客户拜访", "2026年11月20日", "苏然", "每月电费超预算三成"):
        assert words in chinese, words


def test_the_page_of_a_lead_lists_its_documents_and_the_kept_ones(leads_site: Site) -> None:
    lead_id = _lead(leads_site)
    kept = _keep(leads_site, lead_id)
    page = leads_site.browser("anrui").get(f"/leads/{lead_id}").text
    assert f'href="/documents/lead/{lead_id}/lead_record"' in page
    assert f'href="/documents/kept/{kept}"' in page
    assert "lead_verification" not in page, "nothing is known of it yet"


def test_outsiders_see_no_document_neither_current_nor_kept(leads_site: Site) -> None:
    lead_id = _lead(leads_site)
    kept = _keep(leads_site, lead_id)
    eve = leads_site.browser("eve")
    for address in (
        f"lead/{lead_id}/lead_record",
        f"lead/{lead_id}/lead_record.pdf",
        f"kept/{kept}",
        f"kept/{kept}.pdf",
    ):
        assert eve.get(f"/documents/{address}").status_code == 404
        assert leads_site.app.test_client().get(f"/documents/{address}").status_code == 302
    anrui = leads_site.browser("anrui")
    for address in (
        f"lead/{lead_id}/lead_verification",
        "lead/4711/lead_record",
        "nonsense/1/lead_record",
        "kept/4711",
    ):
        assert anrui.get(f"/documents/{address}").status_code == 404


def test_a_kept_document_that_was_edited_says_so(leads_site: Site) -> None:
    kept = _keep(leads_site, _lead(leads_site))
    reader = leads_site.browser("suran")
    assert "fingerprint it was kept with" not in reader.get(f"/documents/kept/{kept}").text
    with transaction(leads_site.product.sessions) as session:
        found = session.get_one(KeptDocument, kept)
        found.content = {**found.content, "subject": "forged"}
    assert "fingerprint it was kept with" in reader.get(f"/documents/kept/{kept}").text


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        ("suran", ("Lead record", "CNY 955,000", "Page 1 of ", "每月电费超预算三成")),
        ("anrui", ("线索单", "95.5 万元", "第 1 页，共", "苏然", "每月电费超预算三成")),
    ],
)
def test_a_pdf_carries_its_chinese_font_and_says_the_same(
    leads_site: Site, reader: str, words: tuple[str, ...]
) -> None:
    lead_id = _lead(leads_site)
    answer = leads_site.browser(reader).get(f"/documents/lead/{lead_id}/lead_record.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert len(answer.data) < 400_000, "only the signs that are used are embedded"
    assert b"NotoSansSC" in answer.data
    assert b"/FontFile2" in answer.data
    said = text_of(answer.data)
    for each in words:
        assert each in said, each


def test_a_radar_has_its_first_value_on_top_and_no_shape_while_one_is_unknown() -> None:
    axes = [Axis(label=Text(name, name), value=value) for name, value in (("a", 5), ("b", 3), ("c", 1), ("d", 4))]
    whole = drawn(Radar(axes=tuple(axes)))
    assert whole.dots[0] == pytest.approx((0, 1))
    assert whole.dots[1] == pytest.approx((0.6, 0))
    assert len(whole.rings) == 5
    assert whole.shape == whole.dots
    partly = drawn(Radar(axes=(*axes[:3], Axis(label=Text("d", "d"), value=None))))
    assert partly.shape == ()
    assert len(partly.dots) == 3


def test_amounts_and_numbers_stand_on_the_right_and_what_only_looks_like_one_does_not() -> None:
    rows = [
        ("1", "25320118", Money(fen=100), "30", "12.5 %", NOTHING, "3 rounds"),
        ("2", "25320644", NOTHING, "7", "-8 %", NOTHING, "4"),
    ]
    table = Table(columns=tuple(Text(each, each) for each in "abcdefg"), rows=tuple(rows))
    assert columns_of_numbers(table) == [False, False, True, True, True, False, False]
