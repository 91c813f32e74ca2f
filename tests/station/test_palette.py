"""The pages that Ctrl+K finds: by a few letters, and only those that the person may open."""

import re

import pytest
from django.urls import reverse

from station.enums import Role
from tests.factories import StationFactory, UserFactory, staff_of

pytestmark = pytest.mark.django_db


def links(client, typed: str = "") -> dict[str, str]:
    """Where each label leads."""
    html = client.get(reverse("station:commands"), {"q": typed}).content.decode()
    return {label: url for url, label in re.findall(r'<li><a class="bx-row" href="([^"]+)">([^<]+)</a>', html)}


def found(client, typed: str = "") -> list[str]:
    return list(links(client, typed))


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("bán vé", ["Bán vé"]),
        ("ban v", ["Bán vé"]),
        ("BV", ["Bán vé"]),
        ("ket", ["Két của tôi", "Đếm tiền và chốt két", "Nộp két sắt"]),
        ("zzz", []),
    ],
)
def test_a_page_is_found_with_and_without_accents_and_by_its_initials(client_of, typed, labels):
    assert found(client_of(staff_of(StationFactory(), Role.TICKET_CLERK)), typed) == labels


def test_pages_stand_there_that_are_in_no_bar(client_of):
    client = client_of(staff_of(StationFactory(), Role.TICKET_CLERK))

    assert "Cài đặt quầy này" in found(client)
    assert found(client, "cai dat") == ["Cài đặt quầy này"]


def test_a_person_finds_only_what_they_may_open(client_of):
    assert found(client_of(staff_of(StationFactory(), Role.GUARD)), "bán vé") == []
    assert found(client_of(UserFactory())) == []


def test_every_page_that_is_found_opens(client_of):
    client = client_of(staff_of(StationFactory(), Role.SHIFT_LEAD))
    pages = links(client)

    answers = {url: client.get(url).status_code for url in pages.values()}

    assert {url: code for url, code in answers.items() if code not in {200, 302}} == {}
    assert len(set(pages.values())) == len(pages) > 10


def test_a_stranger_finds_nothing(client):
    assert client.get(reverse("station:commands")).status_code == 302


@pytest.mark.parametrize(("typed", "status"), [("%", 200), ("x" * 5000, 200), ("\x00", 400)])
def test_whatever_is_typed_is_answered(client_of, typed, status):
    client = client_of(staff_of(StationFactory(), Role.TICKET_CLERK))

    assert client.get(reverse("station:commands"), {"q": typed}).status_code == status


def test_what_a_page_calls_its_own_is_nothing_to_the_palette(client_of):
    """The desk has a word typed too."""
    client = client_of(staff_of(StationFactory(), Role.DISPATCHER))

    assert client.get(reverse("dispatch:desk"), {"q": "12345"}).status_code == 200
