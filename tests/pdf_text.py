"""What a PDF of ours says, read by its own tables from codes to signs, as a reader that copies text does."""

from __future__ import annotations

import base64
import re
import zlib


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF by its own tables from codes to signs, as a reader that copies it does."""
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj\s(.*?)endobj", pdf, re.DOTALL)}
    signs: dict[str, dict[int, str]] = {}
    for body in objects.values():
        unicode = re.search(rb"/ToUnicode (\d+) 0 R", body)
        name = re.search(rb"/Name /(\S+)", body)
        if unicode and name:
            table = _stream(objects[int(unicode.group(1))]).decode()
            signs[name.group(1).decode()] = {
                int(code, 16): bytes.fromhex(sign).decode("utf-16-be") for code, sign in _pairs(table)
            }
    said = []
    for body in objects.values():
        if b"/FontFile" in body or not body.lstrip().startswith(b"<<") or b"stream" not in body:
            continue
        page = _stream(body).decode("latin-1")
        font = ""
        for name, text in re.findall(r"/(F\d+\+\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", page):
            font = name or font
            if text and font in signs:
                said.append("".join(signs[font].get(code, "?") for code in _codes(text)))
    return "".join(said)


def _codes(text: str) -> list[int]:
    found = re.findall(r"\\([0-7]{3})|\\(.)|(.)", text, re.DOTALL)
    plain = {"n": 10, "r": 13, "t": 9, "b": 8, "f": 12}
    return [
        int(octal, 8) if octal else plain.get(escaped, ord(escaped)) if escaped else ord(sign)
        for octal, escaped, sign in found
    ]


def _pairs(table: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, _, signs in re.findall(r"<(\w+)>\s*<(\w+)>\s*\[?((?:\s*<\w+>)+)", block):
            found += [(f"{int(first, 16) + n:02x}", sign) for n, sign in enumerate(re.findall(r"<(\w+)>", signs))]
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found += re.findall(r"<(\w+)>\s*<(\w+)>", block)
    return found


def _stream(body: bytes) -> bytes:
    raw = body.partition(b"stream")[2].lstrip(b"\r\n").rpartition(b"endstream")[0]
    if b"/ASCII85Decode" in body:
        raw = base64.a85decode(raw.strip().removesuffix(b"~>"))
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw
