"""What a person reads in the XML of an invoice, whoever wrote it."""

from dataclasses import dataclass

from lxml import etree

from einvoice.rules.xml import parse_xml


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParty:
    name: str
    tax_code: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    name: str
    unit: str
    quantity: str
    amount: int | None
    rate: str
    facts: tuple[tuple[str, str], ...]  # plate, journey, seat …: name and value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    title: str
    seller: ReadParty
    buyer: ReadParty
    trustee: ReadParty | None
    payment_method: str
    lines: tuple[ReadLine, ...]
    words: str


# TTHHDTrung: names of the tax format for what the law wants shown of a journey.
_JOURNEY = {"BKSPTVChuyen": "Biển số", "DDi": "Điểm đi", "DDen": "Điểm đến"}


def read_invoice(xml: bytes) -> Reading:
    """Raises BadXml."""
    root = parse_xml(xml)
    general, content = _find(root, "DLHDon/TTChung"), _find(root, "DLHDon/NDHDon")
    return Reading(
        title=_text(general, "THDon"),
        seller=_party(_find(content, "NBan")),
        buyer=_party(_find(content, "NMua")),
        trustee=_trustee(general),
        payment_method=_text(general, "HTTToan"),
        lines=tuple(_line(line) for line in content.findall("DSHHDVu/HHDVu")),
        words=_text(content, "TToan/TgTTTBChu"),
    )


def _find(parent: etree._Element, path: str) -> etree._Element:
    found = parent.find(path)
    return etree.Element("none") if found is None else found


def _text(parent: etree._Element, path: str) -> str:
    return parent.findtext(path) or ""


def _party(element: etree._Element) -> ReadParty:
    return ReadParty(name=_text(element, "Ten"), tax_code=_text(element, "MST"), address=_text(element, "DChi"))


def _trustee(general: etree._Element) -> ReadParty | None:
    name, tax_code = _text(general, "TDVNUNLHDon"), _text(general, "MSTDVNUNLHDon")
    return ReadParty(name=name, tax_code=tax_code, address=_text(general, "DCDVNUNLHDon")) if tax_code else None


def _line(line: etree._Element) -> ReadLine:
    amount = _text(line, "ThTien")
    fields = [*line.findall("TTHHDTrung/TTin"), *line.findall("TTKhac/TTin")]
    facts = [(_text(field, "TTruong"), _text(field, "DLieu")) for field in fields]
    return ReadLine(
        name=_text(line, "THHDVu"),
        unit=_text(line, "DVTinh"),
        quantity=_text(line, "SLuong"),
        amount=int(amount) if amount.lstrip("-").isdigit() else None,
        rate=_text(line, "TSuat"),
        facts=tuple((_JOURNEY.get(name, name), value) for name, value in facts),
    )
