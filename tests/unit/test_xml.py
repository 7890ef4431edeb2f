"""XML that somebody sent is read without its dangers, or refused with one sentence."""

from __future__ import annotations

import pytest

from engine.interpreter.xml import BPMN, MAX_BYTES, XmlRefused, read

GOOD = f'<definitions xmlns="{BPMN}"><process id="p"/></definitions>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))


def test_a_diagram_is_read_without_comments_and_instructions():
    root = read("a.bpmn", f"<?xml version='1.0'?><!-- c --><?pi x?>{GOOD}".encode(), (BPMN,))
    assert [each.tag for each in root] == [f"{{{BPMN}}}process"]


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("xml-doctype", f"<!DOCTYPE d [{LAUGHS}]>{GOOD}"),
        ("xml-doctype", f'<!DOCTYPE d SYSTEM "file:///etc/passwd">{GOOD}'),
        (
            "xml-doctype",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions xmlns="{BPMN}">&x;</definitions>',
        ),
        (
            "xml-doctype",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><definitions xmlns="{BPMN}">&x;</definitions>',
        ),
        ("xml-doctype", f'<!DOCTYPE d PUBLIC "x" "http://127.0.0.1:9/x.dtd">{GOOD}'),
        ("xml-syntax", f'<definitions xmlns="{BPMN}">&undefined;</definitions>'),
        ("xml-syntax", ""),
        ("xml-syntax", "not xml"),
        ("xml-syntax", GOOD[:-3]),
        ("xml-syntax", GOOD + "<more/>"),
        ("xml-syntax", "<a>" * 500 + "</a>" * 500),
        ("xml-syntax", "\0" * 50),
        ("xml-root", "<definitions/>"),
        ("xml-root", f'<process xmlns="{BPMN}"/>'),
        ("xml-root", '<html xmlns="http://www.w3.org/1999/xhtml"/>'),
        ("xml-size", GOOD + " " * MAX_BYTES),
    ],
)
def test_dangerous_or_strange_xml_is_refused(rule, content):
    with pytest.raises(XmlRefused) as caught:
        read("a.bpmn", content.encode(), (BPMN,))
    finding = caught.value.finding
    assert (finding.file, finding.rule) == ("a.bpmn", rule)
    assert finding.reason.zh
    assert finding.cure.zh
    assert "root:" not in finding.reason.en


def test_bytes_in_another_encoding_are_read_or_refused_cleanly():
    utf16 = ("<?xml version='1.0' encoding='utf-16'?>" + GOOD).encode("utf-16")
    assert read("a.bpmn", utf16, (BPMN,)).tag.endswith("definitions")
    with pytest.raises(XmlRefused):
        read("a.bpmn", b"\xff\xfe\xfa\x00" + GOOD.encode(), (BPMN,))
