"""Reading XML that somebody sent: no DOCTYPE, no entities, no network, no huge trees."""

from __future__ import annotations

from lxml import etree

from engine.findings import Finding
from engine.text import Text

MAX_BYTES = 2_000_000
_DOCTYPE = b"<!DOCTYPE"

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DMN = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)


class XmlRefused(Exception):
    """The file is not XML that we read; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.reason.en)


def _refuse(file: str, rule: str, reason: Text, cure: Text) -> XmlRefused:
    return XmlRefused(Finding(file, None, None, rule, reason, cure))


def _with_doctype(file: str) -> XmlRefused:
    return _refuse(
        file,
        "xml-doctype",
        Text("The file contains a DOCTYPE or entities.", "文件含有 DOCTYPE 或实体。"),
        Text("Remove the DOCTYPE; diagrams need none.", "请删除 DOCTYPE，流程图不需要它。"),
    )


def read(file: str, content: bytes, namespaces: tuple[str, ...]) -> etree._Element:
    """Return the root element of ``content``, which must be ``definitions`` in one of ``namespaces``.

    Raises ``XmlRefused``. Comments and processing instructions are dropped.
    """
    if len(content) > MAX_BYTES:
        raise _refuse(
            file,
            "xml-size",
            Text(f"The file is larger than {MAX_BYTES // 1_000_000} MB.", f"文件超过 {MAX_BYTES // 1_000_000} MB。"),
            Text("Split the diagram with call activities.", "用调用活动拆分该图。"),
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if _DOCTYPE in content.replace(b"\0", b""):  # whatever broke, it stood in there or came out of it
            raise _with_doctype(file) from None
        said = str(error).splitlines()[0][:200] if str(error) else "empty"
        raise _refuse(
            file,
            "xml-syntax",
            Text(f"The file is not readable XML: {said}", f"文件不是可读的 XML：{said}"),
            Text("Export the diagram again from the designer.", "请从设计器重新导出该图。"),
        ) from None
    if getattr(root.getroottree().docinfo, "doctype", "") or any(root.iter(etree.Entity)):
        raise _with_doctype(file)
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in namespaces:
        raise _refuse(
            file,
            "xml-root",
            Text("The file's root is not the definitions of such a diagram.", "文件的根元素不是该类图的 definitions。"),
            Text("Check that the file has the right ending.", "请检查文件扩展名是否正确。"),
        )
    return root


def bpmn(name: str) -> str:
    """Return the full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def spiff(name: str) -> str:
    """Return the full tag of an extension element."""
    return f"{{{SPIFF}}}{name}"


def text_of(node: etree._Element | None) -> str:
    """Return the stripped text of an element, or nothing."""
    return (node.text or "").strip() if node is not None else ""
