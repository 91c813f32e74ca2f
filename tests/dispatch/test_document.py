import hashlib
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from dispatch import services
from dispatch.models import DispatchOrder
from dispatch.selectors.document import qr_address, qr_payload, render_order
from station.enums import Direction
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import FIELDS, check_pdf, empty_fields
from station.providers.qr import read_payload
from tests.factories_dispatch import confirmed, drawn, entered, issued, ready_departure

pytestmark = pytest.mark.django_db


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def digest(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def text_of(pdf: bytes) -> str:
    answer = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(answer.stdout.decode().split())


def signed_twice(now) -> DispatchOrder:
    leg = confirmed(now=now)
    services.advance_document(order_id=leg.order_id, message_id=None, now=now + timedelta(seconds=5))
    return DispatchOrder.objects.select_related("document").get(pk=leg.order_id)


def test_the_same_order_is_always_the_same_bytes():
    order = drawn()

    assert digest(render_order(order)) == digest(render_order(DispatchOrder.objects.get()))


def test_the_form_has_one_page_and_four_empty_signature_fields():
    pdf = render_order(drawn())

    assert sorted(empty_fields(pdf)) == sorted(FIELDS)
    assert PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"] == 1


def test_a_sheet_with_all_its_lines_used_still_has_one_page():
    order = drawn()
    leg = order.contents["legs"][0]
    order.contents["legs"] += [{**leg}] * 3 + [{**leg, "direction": Direction.BACK, "from": "Bến xe khách " * 5}] * 4
    order.contents["route"]["itinerary"] = "Hoà Bình – Xuân Mai – Ba La – Hà Đông – " * 6

    pdf = render_order(order)

    assert PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"] == 1


def test_only_the_contents_decide_what_the_document_says():
    order = drawn()
    before = digest(render_order(order))

    order.operator.name = "Tên đã đổi sau khi cấp lệnh"
    order.operator.save()

    assert digest(render_order(DispatchOrder.objects.get())) == before


@needs("pdftotext")
def test_the_form_says_what_the_order_says():
    order = drawn()

    text = text_of(render_order(order))

    wanted = [order.number, order.contents["drivers"][0]["name"], "22/11/2026", order.contents["route"]["code"]]
    assert [word for word in wanted if word not in text] == []


@needs("pdftotext")
def test_a_paper_order_says_which_sheet_it_was_copied_from_and_by_whom():
    order = entered(number="LVC-77")

    text = text_of(render_order(order))

    person = order.contents["paper"]["entered_by"]
    assert f"Ghi lại từ lệnh giấy số LVC-77, do {person} nhập lúc 09:00 ngày 22/11/2026" in text


def test_the_qr_code_verifies_without_a_network(settings):
    settings.PUBLIC_URL = "https://ben-xe.example"
    order = drawn()

    page, _, token = qr_address(order).partition("?p=")

    assert page == f"https://ben-xe.example/verify/{order.token}/"
    assert read_payload(token) == qr_payload(order)
    assert qr_payload(order) == {
        "no": order.number,
        "plate": order.contents["vehicle"]["plate"],
        "route": order.contents["route"]["code"],
        "from": "2026-11-22",
        "until": "2026-11-22",
        "at": order.contents["legs"][0]["planned_at"],
    }


def test_both_signatures_hold_after_the_second_one(now):
    order = signed_twice(now)

    reports = check_pdf(bytes(order.document.content), trust=[ca_certificate()], now=now)

    assert [(report.field, report.subject, report.ok) for report in reports] == [
        ("Operator", f"MST:{order.operator.tax_code}", True),
        ("Station", f"MST:{order.station.tax_code}", True),
    ]


@needs("pdfsig")
@pytest.mark.slow
def test_poppler_sees_every_signature_intact(now, tmp_path):
    file = tmp_path / "order.pdf"
    file.write_bytes(bytes(signed_twice(now).document.content))

    answer = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout

    assert answer.count("Signature Validation: Signature is Valid.") == 2
    assert answer.count("Signature Validation:") == 2


def test_a_changed_document_is_seen(now):
    order = issued(ready_departure())
    pdf = bytes(order.document.content)

    changed = pdf.replace(b"/Title", b"/Tytle", 1)

    assert changed != pdf
    assert [report.ok for report in check_pdf(changed, trust=[ca_certificate()], now=now)] == [False]
