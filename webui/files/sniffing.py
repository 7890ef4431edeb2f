"""What kinds of files people may attach: judged by their content, never by what the browser calls them."""

from __future__ import annotations

from engine.errors import InvalidInput

PDF, ZIP, OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ISO_MEDIA, ISO_MEDIA_AT = b"ftyp", 4
"""How the containers of photos and sound begin, behind the four bytes of a length."""
OFFICE = "application/vnd.openxmlformats-officedocument"

SIGNATURES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (PDF,)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "heic": ("image/heic", (ISO_MEDIA,)),
    "docx": (f"{OFFICE}.wordprocessingml.document", (ZIP,)),
    "xlsx": (f"{OFFICE}.spreadsheetml.sheet", (ZIP,)),
    "pptx": (f"{OFFICE}.presentationml.presentation", (ZIP,)),
    "doc": ("application/msword", (OLE,)),
    "xls": ("application/vnd.ms-excel", (OLE,)),
    "ppt": ("application/vnd.ms-powerpoint", (OLE,)),
    "msg": ("application/vnd.ms-outlook", (OLE,)),
    "wps": ("application/vnd.ms-works", (OLE, ZIP)),
    "et": ("application/vnd.ms-excel", (OLE, ZIP)),
    "dps": ("application/vnd.ms-powerpoint", (OLE, ZIP)),
    "ofd": ("application/ofd", (ZIP,)),
    "zip": ("application/zip", (ZIP,)),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    "m4a": ("audio/mp4", (ISO_MEDIA,)),
}
TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/markdown", "eml": "message/rfc822"}
ENDINGS = tuple(sorted({*SIGNATURES, *TEXTS}))
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
"""For the ``accept`` attribute of file fields."""


class FileRefused(InvalidInput):
    """This kind of file cannot be attached."""


def media_type_of(filename: str, content: bytes) -> str:
    """Return the media type of a file whose content fits its ending; raises ``FileRefused`` for any other."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if ending in SIGNATURES:
        media_type, signatures = SIGNATURES[ending]
        if content.startswith(signatures, ISO_MEDIA_AT if ISO_MEDIA in signatures else 0):
            return media_type
    elif ending in TEXTS and _is_text(content):
        return TEXTS[ending]
    raise FileRefused(filename=filename, allowed=ENDINGS)


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
