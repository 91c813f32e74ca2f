"""What passengers say: one rating per ride, complaints with a deadline, answered once."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from station.enums import DepartureState, Role
from station.models import JournalEntry, StoredFile
from tests.factories import NOW, StationFactory, staff_of
from tests.factories_ticketing import priced_departure, sell
from ticketing import selectors, services
from ticketing.enums import ComplaintTopic
from ticketing.errors import AlreadyRated, AnswerMissing, ComplaintAnswered, NotRiddenYet, TooManyComplaints
from ticketing.models import Complaint, Rating
from ticketing.services.feedback import Grievance

pytestmark = pytest.mark.django_db
SAID = Grievance(ComplaintTopic.LATE, "Xe chạy trễ một tiếng", phone="0912345678")


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1").tickets.get()


@pytest.fixture
def manager(departure):
    return staff_of(departure.station, Role.MANAGER)


def left(departure, at=NOW):
    departure.become(DepartureState.DEPARTED, by=None, now=at, departed_at=at)


def filed(ticket, now=NOW, said=SAID):
    return services.file_complaint(ticket_id=ticket.pk, key=uuid4(), said=said, now=now)


def address(ticket, what=""):
    return f"/t/{ticket.code}/{ticket.sale.lookup_code}/{what}"


def a_picture(kind="PNG", **facts):
    content = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(content, kind, **facts)
    return content.getvalue()


# --- rating


def test_a_ride_is_rated_once_after_the_coach_left(departure, ticket, now):
    with pytest.raises(NotRiddenYet):
        services.rate_ride(ticket_id=ticket.pk, stars=5, now=now)
    left(departure)

    services.rate_ride(ticket_id=ticket.pk, stars=4, now=now)

    with pytest.raises(AlreadyRated):
        services.rate_ride(ticket_id=ticket.pk, stars=1, now=now)
    assert list(Rating.objects.values_list("ticket", "stars")) == [(ticket.pk, 4)]


@pytest.mark.parametrize("state", ["refunded", "void", "no_show"])
def test_who_did_not_ride_does_not_rate(departure, ticket, now, state):
    ticket.become(state, by=None, now=now)
    left(departure)

    with pytest.raises(NotRiddenYet):
        services.rate_ride(ticket_id=ticket.pk, stars=1, now=now)


@pytest.mark.parametrize("stars", [0, 6])
def test_the_database_knows_five_stars(ticket, now, stars):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(ticket=ticket, stars=stars, at=now)


def test_the_database_keeps_a_rating_single_and_as_it_is(ticket, now):
    Rating.objects.create(ticket=ticket, stars=3, at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(ticket=ticket, stars=5, at=now)
    with pytest.raises(InternalError), transaction.atomic():
        Rating.objects.update(stars=5)


def test_stars_are_given_on_the_page_of_the_ticket(client, departure, ticket):
    left(departure)

    for stars in ("5", "1", "9", "x"):
        client.post(address(ticket, "rating/"), {"stars": stars})

    assert list(Rating.objects.values_list("stars", flat=True)) == [5]
    assert client.get(address(ticket)).context["rating"].stars == 5


def test_stars_with_a_wrong_code_are_nobodys(client, departure, ticket):
    left(departure)
    other = sell(priced_departure(), "A1").tickets.get()

    answer = client.post(f"/t/{ticket.code}/{other.sale.lookup_code}/rating/", {"stars": "1"})

    assert (answer.status_code, Rating.objects.count()) == (404, 0)


def test_scores_name_the_least_liked_operator_first(departure, now):
    other = priced_departure(route=departure.route)
    stars = {sell(departure, "A1").tickets.get(): 5, sell(departure, "A2").tickets.get(): 4}
    stars |= {sell(other, "A1").tickets.get(): 2}
    for ticket, given in stars.items():
        Rating.objects.create(ticket=ticket, stars=given, at=now)

    scores = selectors.scores_at(departure.station, now)

    assert [(score.operator, score.stars, score.count, score.low) for score in scores] == [
        (other.operator.short_name, "2,0", 1, 1),
        (departure.operator.short_name, "4,5", 2, 0),
    ]


# --- complaints


def test_a_complaint_is_due_within_the_days_of_its_station(departure, ticket, now):
    type(departure.station).objects.filter(pk=departure.station_id).update(complaint_days=5)

    complaint = filed(ticket)

    assert (complaint.state, complaint.due_at - complaint.filed_at) == ("open", timedelta(days=5))
    assert JournalEntry.objects.filter(action="complaint_open", obj=f"complaint:{complaint.pk}").count() == 1


def test_the_same_form_is_one_complaint(ticket, now):
    key = uuid4()

    one, same = (services.file_complaint(ticket_id=ticket.pk, key=key, said=SAID, now=now) for _ in range(2))

    assert (one, Complaint.objects.count()) == (same, 1)


def test_the_same_form_with_a_photo_this_time_loses_nothing(ticket, now):
    """Who goes back in the browser and adds the photo sends the form under the same key."""
    key, more = uuid4(), replace(SAID, photo=a_picture("JPEG"))

    said = [
        services.file_complaint(ticket_id=ticket.pk, key=key, said=one, now=now) for one in (SAID, more, more, SAID)
    ]

    assert [one.has_photo for one in said] == [False, True, True, False]
    assert len({one.pk for one in said}) == 2


def test_a_form_that_comes_back_says_that_its_photo_is_gone(client, ticket):
    photo = SimpleUploadedFile("a.png", a_picture(), "image/png")
    said = {"key": str(uuid4()), "topic": "crew", "words": "Nhân viên không giúp hành lý", "phone": "không có"}

    answer = client.post(address(ticket, "complaint/"), {**said, "photo": photo})

    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["phone", "photo"])


def test_a_fourth_complaint_is_refused_aloud(client, ticket):
    for _ in range(services.MOST_COMPLAINTS):
        filed(ticket)
    said = {"key": str(uuid4()), "topic": "crew", "words": "Nhân viên không giúp hành lý"}

    answer = client.post(address(ticket, "complaint/"), said)

    said_aloud = [str(message) for message in answer.context["messages"]]
    assert (answer.status_code, len(said_aloud), Complaint.objects.count()) == (422, 1, 3)


def test_a_ticket_is_complained_about_three_times_at_most(ticket):
    for _ in range(3):
        filed(ticket)

    with pytest.raises(TooManyComplaints):
        filed(ticket)


def test_a_complaint_is_answered_once(ticket, manager, now):
    complaint = filed(ticket)
    with pytest.raises(AnswerMissing):
        services.answer_complaint(complaint_id=complaint.pk, answer="  ", by=manager, now=now)

    done = services.answer_complaint(complaint_id=complaint.pk, answer=" Xin lỗi. ", by=manager, now=now)

    assert (done.state, done.answer, done.answered_by) == ("answered", "Xin lỗi.", manager)
    with pytest.raises(ComplaintAnswered):
        services.answer_complaint(complaint_id=complaint.pk, answer="Lần nữa", by=manager, now=now)


def test_the_database_keeps_what_was_said(ticket):
    complaint = filed(ticket)

    with pytest.raises(InternalError), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(words="Rất tốt")
    with pytest.raises(InternalError), transaction.atomic():
        complaint.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(state="answered")


def form_of(**fields):
    said = {"key": str(uuid4()), "topic": "crew", "words": "Nhân viên không giúp hành lý"}
    return {**said, **fields}


def test_a_passenger_complains_with_a_photo_and_reads_the_answer(client, ticket, manager, now):
    photo = SimpleUploadedFile("xe.png", a_picture(), "image/png")
    with time_machine.travel(now, tick=False):
        sent = client.post(address(ticket, "complaint/"), form_of(photo=photo))
    complaint = Complaint.objects.get()

    services.answer_complaint(complaint_id=complaint.pk, answer="Đã nhắc nhở.", by=manager, now=now)

    page = client.get(address(ticket)).content.decode()
    assert (sent.status_code, complaint.photo.media_type) == (302, "image/jpeg")
    assert [words in page for words in (complaint.number, "Đã nhắc nhở.", str(manager))] == [True, True, False]


def test_a_photo_is_made_anew_without_what_the_camera_wrote(client, ticket):
    exif = Image.Exif()
    exif[0x9286] = "21.0 N 105.3 E"
    photo = SimpleUploadedFile("xe.jpg", a_picture("JPEG", exif=exif), "image/jpeg")

    client.post(address(ticket, "complaint/"), form_of(photo=photo))

    kept = Image.open(io.BytesIO(bytes(StoredFile.objects.get(media_type="image/jpeg").content)))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"GIF89a", b"%PDF-1.7", a_picture()[:40]])
def test_what_is_no_photo_is_refused_in_the_form(client, ticket, content):
    photo = SimpleUploadedFile("xe.jpg", content, "image/jpeg")

    answer = client.post(address(ticket, "complaint/"), form_of(photo=photo))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["photo"])
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"words": "Tệ"}, "words"),
        ({"topic": "weather"}, "topic"),
        ({"phone": "gọi tôi"}, "phone"),
        ({"key": ""}, "key"),
    ],
)
def test_each_field_says_what_it_misses(client, ticket, fields, wrong):
    answer = client.post(address(ticket, "complaint/"), form_of(**fields))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])


def test_who_says_too_much_at_once_is_made_to_wait(client, ticket):
    answers = [client.post(address(ticket, "complaint/"), form_of(words="?")).status_code for _ in range(12)]

    assert answers == [422] * 10 + [429] * 2


# --- the manager's list


def test_the_list_shows_the_most_urgent_first_and_counts_the_overdue(client_of, departure, ticket, manager, now):
    late = filed(ticket, now - timedelta(days=9))
    fresh = filed(sell(departure, "A2").tickets.get(), now - timedelta(days=1))

    with time_machine.travel(now, tick=False):
        page = client_of(manager).get("/complaints/")

    assert ([row.pk for row in page.context["waiting"]], page.context["overdue"]) == ([late.pk, fresh.pk], 1)


def test_a_manager_answers_and_an_inspector_only_reads(client_of, departure, ticket, manager):
    complaint = filed(ticket)
    there = f"/complaints/{complaint.pk}/"
    inspector = client_of(staff_of(departure.station, Role.INSPECTOR))

    refused = inspector.post(there, {"answer": "Không", "idempotency_key": "i"})
    done = client_of(manager).post(there, {"answer": "Xin lỗi quý khách.", "idempotency_key": "m"})

    complaint.refresh_from_db()
    assert (refused.status_code, done.status_code, complaint.answer) == (404, 302, "Xin lỗi quý khách.")
    assert inspector.get(there).status_code == 200


def test_an_answer_that_came_too_late_says_so_in_the_form(client_of, ticket, manager, now):
    complaint = filed(ticket)
    services.answer_complaint(complaint_id=complaint.pk, answer="Rồi", by=manager, now=now)

    again = client_of(manager).post(f"/complaints/{complaint.pk}/", {"answer": "Nữa", "idempotency_key": "k"})

    assert (again.status_code, len(again.context["form"].non_field_errors())) == (422, 1)


def test_a_clerk_and_another_station_see_nothing(client_of, departure, ticket):
    complaint = filed(ticket)
    clerk = client_of(staff_of(departure.station, Role.TICKET_CLERK))
    stranger = client_of(staff_of(StationFactory(), Role.MANAGER))

    assert clerk.get("/complaints/").status_code == 403
    assert stranger.get(f"/complaints/{complaint.pk}/").status_code == 404


def test_the_photo_is_shown_to_the_station_alone(client_of, client, ticket, manager):
    said = Grievance(ComplaintTopic.SEAT, "Ghế bị rách một mảng lớn", photo=a_picture("JPEG"))
    complaint = filed(ticket, said=said)

    shown = client_of(manager).get(f"/complaints/{complaint.pk}/photo/")

    assert (shown["Content-Type"], shown["Content-Security-Policy"]) == ("image/jpeg", "default-src 'none'; sandbox")
    assert client.get(f"/complaints/{complaint.pk}/photo/").status_code == 302
    assert client_of(manager).get(f"/complaints/{filed(ticket).pk}/photo/").status_code == 404


def test_the_list_asks_as_much_for_one_complaint_as_for_three(client_of, departure, manager, now):
    counts = []
    for seats in (["A1"], ["A2", "B1"]):
        for seat in seats:
            filed(sell(departure, seat).tickets.get())
        client = client_of(manager)
        with CaptureQueriesContext(connection) as queries:
            client.get("/complaints/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_machine_reads_and_answers(api_of, ticket, manager):
    complaint = filed(ticket)
    api = api_of(manager)

    [row] = api.get("/api/v1/complaints/").json()
    done = api.post(f"/api/v1/complaints/{complaint.pk}/answer/", {"answer": "Đã hoàn tiền."}).json()

    assert (row["number"], row["has_photo"], row["ticket"]) == (complaint.number, False, ticket.code)
    assert (done["state"], done["answer"]) == ("answered", "Đã hoàn tiền.")
    assert api.get("/api/v1/complaints/").json() == []
