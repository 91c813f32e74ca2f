import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from station.providers import demo_keys, keys

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
RACER = """
import sys
from pathlib import Path
import django
from django.conf import settings
settings.configure()
from station.providers.demo_keys import DemoKeyStore
store = DemoKeyStore(Path(sys.argv[1]))
key = store.organisation_key(tax_code="0100000001", name="BẾN XE")
print(key.certificate.fingerprint(key.certificate.signature_hash_algorithm).hex())
"""


@pytest.fixture
def store(tmp_path):
    return demo_keys.DemoKeyStore(tmp_path / "keys")


def test_a_certificate_names_its_holder_and_the_tax_code(store) -> None:
    key = store.organisation_key(tax_code="0100000001", name="CÔNG TY CỔ PHẦN BẾN XE THỬ NGHIỆM")

    assert key.subject == "MST:0100000001"
    assert keys.common_name(key.certificate) == "CÔNG TY CỔ PHẦN BẾN XE THỬ NGHIỆM"
    assert key.certificate.subject.rfc4514_string() == ("UID=MST:0100000001,CN=CÔNG TY CỔ PHẦN BẾN XE THỬ NGHIỆM,C=VN")


def test_a_person_is_named_by_the_identity_number(store) -> None:
    key = store.person_key(personal_id="017090000001", name="Nguyễn Văn Thử")

    assert key.subject == "CCCD:017090000001"


def test_every_certificate_is_issued_by_the_authority(store) -> None:
    key = store.person_key(personal_id="017090000001", name="Nguyễn Văn Thử")

    assert key.chain == (store.ca_certificate(),)
    assert keys.is_issued_by(key.certificate, store.ca_certificate(), at=NOON)


def test_another_authority_did_not_issue_it(store, tmp_path) -> None:
    stranger = demo_keys.DemoKeyStore(tmp_path / "elsewhere")
    key = store.person_key(personal_id="017090000001", name="Nguyễn Văn Thử")

    assert not keys.is_issued_by(key.certificate, stranger.ca_certificate(), at=NOON)


def test_a_certificate_is_worth_nothing_outside_its_time(store) -> None:
    key = store.person_key(personal_id="017090000001", name="Nguyễn Văn Thử")

    assert not keys.is_issued_by(key.certificate, store.ca_certificate(), at=datetime(2051, 1, 1, tzinfo=UTC))


def test_the_signature_verifies_with_the_certificate(store) -> None:
    key = store.organisation_key(tax_code="0100000001", name="BẾN XE")

    signature = key.sign(b"lenh")

    key.certificate.public_key().verify(signature, b"lenh", PKCS1v15(), hashes.SHA256())


def test_the_same_subject_keeps_its_certificate_after_a_restart(store) -> None:
    first = store.organisation_key(tax_code="0100000001", name="BẾN XE").certificate
    demo_keys._load_subject.cache_clear()

    again = store.organisation_key(tax_code="0100000001", name="BẾN XE").certificate

    assert again == first


def test_a_corrected_name_is_a_new_certificate(store) -> None:
    old = store.organisation_key(tax_code="0100000001", name="BẾN XE")
    new = store.organisation_key(tax_code="0100000001", name="BẾN XE HÒA BÌNH")

    assert new.subject == old.subject
    assert new.certificate != old.certificate


@pytest.mark.parametrize("number", ["", "../../etc/passwd", "01 02"])
def test_a_number_that_is_no_number_makes_no_file(store, number) -> None:
    with pytest.raises(ValueError, match="needs the subject's MST"):
        store.organisation_key(tax_code=number, name="BẾN XE")


def test_private_keys_are_readable_by_their_owner_only(store) -> None:
    store.organisation_key(tax_code="0100000001", name="BẾN XE")
    store.token_key()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.directory.iterdir()}

    assert modes.pop("ca.pem") == 0o644
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_the_public_file_of_the_authority_is_its_certificate(store) -> None:
    certificate = store.ca_certificate()

    assert x509.load_pem_x509_certificate((store.directory / "ca.pem").read_bytes()) == certificate
    assert b"PRIVATE" not in (store.directory / "ca.pem").read_bytes()


@pytest.mark.slow
def test_processes_that_race_end_with_one_authority_and_one_key(tmp_path) -> None:
    command = [sys.executable, "-c", RACER, str(tmp_path / "keys")]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}

    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, env=here) for _ in range(4)]
    fingerprints = {racer.communicate()[0] for racer in racers}

    assert {racer.returncode for racer in racers} == {0}
    assert len(fingerprints) == 1
    assert sorted(path.suffix for path in (tmp_path / "keys").iterdir()) == [".pem"] * 3
