import re
import shutil
import subprocess
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from einvoice.providers import xmldsig
from einvoice.providers.xmldsig import CannotSign, sign_xml, verify_xml
from einvoice.rules import Party
from einvoice.rules.xml import build_xml, parse_xml, validate_xml
from station.providers import demo_keys
from tests.einvoice.documents import OPERATOR, SAMPLES, STATION, service_invoice, ticket

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
needs_xmlsec = pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demo_keys.DemoKeyStore(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def station_key(store):
    return store.organisation_key(tax_code=STATION.tax_code, name=STATION.name)


@pytest.fixture(scope="module")
def signed(station_key) -> bytes:
    return sign_xml(build_xml(service_invoice()), key=station_key, at=NOW)


def faults(xml: bytes, **trust) -> tuple[str, ...]:
    return verify_xml(xml, **trust).faults


def test_our_signature_verifies_and_names_signer_and_time(signed, store) -> None:
    report = verify_xml(signed, trust=[store.ca_certificate()])

    assert report.faults == ()
    assert report.ok
    assert (report.signer, report.subject) == (STATION.name, "MST:0100000001")
    assert report.signed_at == NOW


def test_the_trustee_signs_a_delegated_ticket(station_key) -> None:
    xml = sign_xml(build_xml(ticket()), key=station_key, at=NOW)

    assert faults(xml) == ()


def test_the_principal_does_not_sign_a_delegated_ticket(store) -> None:
    operator = store.organisation_key(tax_code=OPERATOR.tax_code, name=OPERATOR.name)

    xml = sign_xml(build_xml(ticket()), key=operator, at=NOW)

    assert faults(xml) == ("MST:0100000002 signed, not MST:0100000001",)


@pytest.mark.parametrize("made", [service_invoice, ticket])
def test_a_signed_invoice_is_still_valid_in_the_strict_schema(made, station_key) -> None:
    assert validate_xml(sign_xml(build_xml(made()), key=station_key, at=NOW)) == []


def test_signing_only_appends(signed) -> None:
    assert signed.startswith(build_xml(service_invoice()).removesuffix(b"</HDon>"))


def test_the_same_invoice_signed_again_is_the_same_bytes(signed, station_key) -> None:
    assert sign_xml(build_xml(service_invoice()), key=station_key, at=NOW) == signed


def test_the_signing_time_is_local_whatever_zone_it_came_in(station_key) -> None:
    utc = sign_xml(build_xml(ticket()), key=station_key, at=NOW)
    tokyo = sign_xml(build_xml(ticket()), key=station_key, at=NOW.astimezone(timezone(timedelta(hours=9))))

    assert re.findall(rb"<SigningTime>(.*)</SigningTime>", utc + b"\n" + tokyo) == [b"2026-11-22T09:15:00"] * 2


@needs_xmlsec
@pytest.mark.parametrize("made", [service_invoice, ticket])
def test_xmlsec_accepts_the_signature_against_the_published_authority(made, station_key, store, tmp_path) -> None:
    xml = sign_xml(build_xml(made()), key=station_key, at=NOW)

    assert xmlsec(xml, store, tmp_path) == 0


@needs_xmlsec
def test_xmlsec_refuses_one_changed_digit(signed, store, tmp_path) -> None:
    changed = signed.replace(b"<TgTTTBSo>1900800<", b"<TgTTTBSo>1900801<")

    assert changed != signed
    assert xmlsec(changed, store, tmp_path) == 1


@needs_xmlsec
def test_the_canonical_form_is_that_of_xmlsec_with_awkward_text(station_key, store, tmp_path) -> None:
    awkward = Party(name='A & B <c> "d" \' ]]> đ\u00a0\t x', customer_code="\u200b1")
    xml = sign_xml(build_xml(replace(service_invoice(), buyer=awkward)), key=station_key, at=NOW)

    assert xmlsec(xml, store, tmp_path) == 0
    assert faults(xml) == ()


def xmlsec(xml: bytes, store, folder) -> int:
    (folder / "ca.pem").write_bytes(store.ca_certificate().public_bytes(Encoding.PEM))
    (folder / "invoice.xml").write_bytes(xml)
    ids = [f"--id-attr:Id {name}" for name in ("DLHDon", "http://www.w3.org/2000/09/xmldsig#:Object")]
    command = f"xmlsec1 --verify --enabled-key-data x509 --trusted-pem ca.pem {' '.join(ids)} invoice.xml"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode


@pytest.mark.parametrize("name", ["sample_hdon.xml", "sample_ve.xml"])
def test_signatures_made_elsewhere_verify_too(name) -> None:
    assert faults((SAMPLES / name).read_bytes()) == ()


def test_every_changed_letter_of_the_content_is_noticed(signed) -> None:
    start, end = signed.index(b"<TTChung>"), signed.index(b"</DLHDon>")
    places = [start + found.start(1) for found in re.finditer(rb">([0-9A-Za-z])[^<]*</", signed[start:end])]

    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 1
        assert "DLHDon was changed after signing" in faults(bytes(changed))
    assert len(places) > 40


def test_a_changed_signing_time_is_noticed(signed) -> None:
    changed = signed.replace(b"<SigningTime>2026-11-22T09:15:00", b"<SigningTime>2026-11-21T09:15:00")

    assert faults(changed) == ("Object was changed after signing",)


def test_another_signature_value_is_noticed(signed) -> None:
    changed = re.sub(rb"(?<=<SignatureValue>).{8}", b"AAAAAAAA", signed)

    assert faults(changed) == ("the signature is not of this certificate",)


def test_a_certificate_of_somebody_else_is_noticed(signed, store) -> None:
    other = store.organisation_key(tax_code=STATION.tax_code, name="BẾN XE KHÁC").certificate
    der = b64encode(other.public_bytes(Encoding.DER))
    changed = re.sub(rb"(?<=<X509Certificate>)[^<]*", der.replace(b"\\", b""), signed)

    assert faults(changed) == ("the signature is not of this certificate",)


def body_of(xml: bytes) -> bytes:
    return xml[xml.index(b"<DLHDon ") : xml.index(b"</DLHDon>")] + b"</DLHDon>"


def test_a_wrapped_invoice_is_noticed(signed) -> None:
    """The signed data moves aside under its Id, and a forged one stands where programs read."""
    body = body_of(signed)
    forged = body.replace(b'Id="_1K26TAA-1"', b'Id="forged"').replace(b"<TgTTTBSo>1900800<", b"<TgTTTBSo>1<")
    changed = signed.replace(body, forged).replace(b"</DSCKS>", b"<CCKSKhac>" + body + b"</CCKSKhac></DSCKS>")

    assert faults(changed) == ("a reference does not point at DLHDon",)


def test_two_bodies_with_one_id_are_noticed(signed) -> None:
    body = body_of(signed)
    changed = signed.replace(b"</DSCKS>", b"<CCKSKhac>" + body + b"</CCKSKhac></DSCKS>")

    assert faults(changed) == ("the Id _1K26TAA-1 occurs twice",)


def test_two_bodies_side_by_side_are_noticed(signed) -> None:
    body = body_of(signed)
    changed = signed.replace(body, body.replace(b'Id="_1K26TAA-1"', b'Id="x"') + body)

    assert faults(changed)[0] == "2 × DLHDon instead of one"


def test_a_comment_that_cuts_a_value_is_noticed(signed) -> None:
    changed = signed.replace(b"<MST>0100000001</MST>", b"<MST>0100000001<!-- --></MST>")

    assert faults(changed) == ("a comment inside the invoice",)


def test_a_weaker_method_is_refused(signed) -> None:
    changed = signed.replace(b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1")

    assert faults(changed)[0].startswith("ds:SignedInfo/ds:SignatureMethod is not")


def test_an_extra_transform_is_refused(signed) -> None:
    step = b'<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform>'
    changed = signed.replace(step, step + b'<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>')

    assert faults(changed)[0] == "unexpected transforms"


def test_an_authority_that_we_do_not_know_is_refused(signed, tmp_path) -> None:
    stranger = demo_keys.DemoKeyStore(tmp_path)

    assert faults(signed, trust=[stranger.ca_certificate()]) == (
        "the certificate is not issued by a trusted authority, or not for that day",
    )


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        (b"<HDon/>", "0 × signature of the seller instead of one"),
        (b"not xml", "not XML: Start tag expected, '<' not found, line 1, column 1 (<string>, line 1)"),
        (b"<!DOCTYPE x><HDon/>", "an invoice has no DOCTYPE"),
    ],
)
def test_what_is_no_signed_invoice_is_said_so(xml, fault) -> None:
    assert faults(xml) == (fault,)


@pytest.mark.parametrize("path", ["X509Certificate", "SignatureValue", "SigningTime", "DigestValue"])
def test_a_missing_or_broken_part_is_a_fault_and_never_an_error(signed, path) -> None:
    element = rf"<{path}>[^<]*</{path}>".encode()

    assert faults(re.sub(element, b"", signed)) != ()
    assert faults(re.sub(element, f"<{path}>*</{path}>".encode(), signed)) != ()


@pytest.mark.parametrize(
    "wrong", [b"<TDiep/>", b"<HDon/>", b"<HDon><DLHDon/></HDon>", b'<HDon><DLHDon Id="a"/></HDon>\n']
)
def test_only_an_unsigned_invoice_is_signed(wrong, station_key) -> None:
    with pytest.raises(CannotSign):
        sign_xml(wrong, key=station_key, at=NOW)


def test_a_signed_invoice_is_not_signed_again(signed, station_key) -> None:
    with pytest.raises(CannotSign):
        sign_xml(signed, key=station_key, at=NOW)


def test_the_hand_written_canonical_form_is_the_computed_one(signed) -> None:
    (info,) = parse_xml(signed).iter(f"{{{xmldsig.DSIG}}}SignedInfo")

    written = xmldsig.canonical(info).decode()

    assert written.startswith(f'<SignedInfo xmlns="{xmldsig.DSIG}"><CanonicalizationMethod Algorithm=')
    assert written.replace(f' xmlns="{xmldsig.DSIG}"', "", 1).encode() in signed
