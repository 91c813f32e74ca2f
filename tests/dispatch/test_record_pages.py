"""The page of the records: who sees it, what needs somebody, sending again and correcting."""

from datetime import timedelta

import pytest

from dispatch import services
from dispatch.enums import RecordState
from dispatch.models import TransmissionRecord
from station.enums import Role
from station.models import Document
from station.providers.outside import StandIn
from tests.dispatch.pages import form
from tests.factories import NOW, StationFactory, at, staff_of
from tests.factories_dispatch import dispatcher_of, gone, same_run

pytestmark = pytest.mark.django_db
URL = "/records/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def record(settings, tmp_path, time_machine):
    """Its coach left five minutes ago; nobody has sent it."""
    settings.DATA_DIR = tmp_path
    time_machine.move_to(NOW + timedelta(minutes=5), tick=False)
    return gone(now=NOW)


@pytest.fixture
def client(record, client_of):
    return client_of(dispatcher_of(record.station))


@pytest.fixture
def refused(record, tmp_path):
    StandIn(tmp_path / "road_administration").put(f"{record.key}.refuse", "E12 tuyến lạ".encode())
    services.transmit_record(message_id=record.message_id, clock=lambda: NOW)
    return record


def sent(record):
    services.transmit_record(message_id=record.message_id, clock=lambda: NOW + timedelta(seconds=4))


def test_what_is_overdue_stands_under_need_somebody(client, record):
    page = client.get(URL)

    assert [row for row, is_late in page.context["to_mend"] if is_late] == [record]
    assert [row for row, _ in page.context["rows"]] == [record]
    day = page.context["on_day"]
    assert (day.left, day.in_time, day.late, day.not_received) == (1, 0, 0, 1)


def test_what_was_received_needs_nobody(client, record):
    sent(record)

    page = client.get(URL, headers=HTMX)

    assert page.context["to_mend"] == []
    assert page.context["on_day"].is_complete
    assert f"CDBVN-{str(record.key)[:8].upper()}" in page.content.decode()
    assert "<html" not in page.content.decode()


def test_a_day_on_which_nothing_left_says_so(client):
    page = client.get(URL, {"day": "2026-11-21"})

    assert (page.context["rows"], page.context["days"], page.context["on_day"]) == ([], [], None)
    assert "Ngày này không có xe nào rời bến theo lệnh." in page.content.decode()


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-31"])
def test_a_day_that_is_none_is_today(client, record, day):
    assert [row for row, _ in client.get(URL, {"day": day}).context["rows"]] == [record]


def test_a_refused_record_is_sent_again_with_one_button(client, refused):
    words = client.get(URL).content.decode()

    for _ in range(2):  # the double click
        answer = client.post(f"{URL}{refused.pk}/send-again/", form())

    refused.refresh_from_db()
    assert "E12 tuyến lạ" in words
    assert (answer.status_code, answer["Location"], refused.state) == (302, URL, RecordState.PENDING)


def test_a_correction_is_written_with_its_reason(client, refused):
    Document.objects.filter(driver=refused.departure.driver).update(number="790000000001")

    answer = client.post(f"{URL}{refused.pk}/correct/", form(reason="sai số bằng"))

    made = TransmissionRecord.objects.get(corrects=refused)
    assert (answer.status_code, made.reason, made.said["drivers"][0]["licence_no"]) == (
        302, "sai số bằng", "790000000001",
    )  # fmt: skip
    assert [row for row, _ in client.get(URL).context["to_mend"]] == []


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "Ghi vài chữ vì sao phải đính chính"), ("vì", "đã đúng như dữ liệu hiện có")],
)
def test_a_correction_without_reason_or_change_is_refused(client, refused, reason, sentence):
    answer = client.post(f"{URL}{refused.pk}/correct/", form(reason=reason))

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert TransmissionRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "sees", "handles"),
    [
        (Role.DISPATCHER, 200, 302),
        (Role.MANAGER, 200, 302),
        (Role.INSPECTOR, 200, 403),
        (Role.ACCOUNTANT, 200, 403),
        (Role.TICKET_CLERK, 403, 403),
        (Role.GUARD, 403, 403),
    ],
)
def test_who_sees_and_who_sends(client_of, refused, role, sees, handles):
    client = client_of(staff_of(refused.station, role))

    assert client.get(URL).status_code == sees
    assert client.post(f"{URL}{refused.pk}/send-again/", form()).status_code == handles


def test_a_record_of_another_station_is_not_there(client_of, refused):
    stranger = client_of(dispatcher_of(StationFactory()))

    assert stranger.post(f"{URL}{refused.pk}/send-again/", form()).status_code == 404
    assert stranger.get(URL).context["rows"] == []


def test_three_records_are_listed_in_as_many_questions_as_one(client, record, django_assert_num_queries):
    with django_assert_num_queries(10):
        client.get(URL)
    for hhmm in ("15:00", "15:30"):
        gone(same_run(record.departure, at(hhmm)), now=NOW)

    with django_assert_num_queries(10):
        page = client.get(URL)

    assert (len(page.context["rows"]), len(page.context["to_mend"])) == (3, 3)
