"""Which providers this version can work with, and what the fake one does with a key."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from einvoice.providers import Accepted, NoAnswer, current
from einvoice.providers.fake import FakeProvider
from einvoice.providers.protocol import provider_fits
from einvoice.providers.xmldsig import sign_xml
from einvoice.rules.xml import build_xml
from station.providers.keys import organisation_key
from tests.einvoice.documents import STATION, service_invoice
from tests.factories import NOW

KEY = "0d1f6c0a-0000-4000-8000-000000000001"


class ProviderThatSigns(FakeProvider):
    name = "hsm"
    numbers = True
    signs = True


@pytest.fixture(scope="module")
def signed():
    return sign_xml(
        build_xml(service_invoice()), key=organisation_key(tax_code=STATION.tax_code, name=STATION.name), at=NOW
    )


def test_the_provider_of_the_demo_leaves_both_to_us():
    assert provider_fits() == []
    assert isinstance(current(), FakeProvider)


def test_a_provider_that_numbers_and_signs_is_refused_at_start(settings):
    settings.INVOICE_PROVIDER = f"{__name__}.ProviderThatSigns"

    assert [error.msg for error in provider_fits()] == [
        (
            "The invoice provider «hsm» numbers and signs invoices itself, but this version numbers and signs them: "
            "choose another in INVOICE_PROVIDER."
        )
    ]
    with pytest.raises(ImproperlyConfigured):
        current()


def test_a_provider_that_is_not_there_is_refused_at_start(settings):
    settings.INVOICE_PROVIDER = "einvoice.providers.nobody.Provider"

    assert [error.id for error in provider_fits()] == ["einvoice.E001"]


def test_the_same_key_gets_the_same_answer_and_one_file(tmp_path, signed):
    provider = FakeProvider(tmp_path)

    first, second = (provider.submit(key=KEY, xml=signed) for _ in range(2))

    assert first == second == Accepted(reference="FAKE-0D1F6C0A")
    assert [path.name for path in sorted(tmp_path.glob("*.xml"))] == [f"{KEY}.xml"]
    assert (tmp_path / "received.log").read_text().split() == [KEY, KEY]


def test_asking_creates_nothing(tmp_path):
    assert FakeProvider(tmp_path).lookup(key=KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_a_silent_provider_holds_what_it_took(tmp_path, signed):
    (tmp_path / "mood").write_text("silent\n")
    provider = FakeProvider(tmp_path)

    with pytest.raises(NoAnswer):
        provider.submit(key=KEY, xml=signed)

    assert provider.lookup(key=KEY) == Accepted(reference="FAKE-0D1F6C0A")


def test_a_provider_that_is_down_takes_and_tells_nothing(tmp_path, signed):
    (tmp_path / "mood").write_text("down")
    provider = FakeProvider(tmp_path)

    for call in (lambda: provider.submit(key=KEY, xml=signed), lambda: provider.lookup(key=KEY)):
        with pytest.raises(NoAnswer):
            call()
    assert list(tmp_path.glob("*.xml")) == []
