import pytest

from station.errors import BayUnfit, KeyReused, KeyUnusable
from station.models import Bay, IdempotencyKey
from station.services.idempotency import Answer, once, request_hash
from tests.factories import BayFactory, StationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory()


def ask(person, now, *, key="k1", contents=None, work=None, route="POST /x/"):
    def build():
        bay = BayFactory()
        return Answer(201, {"bay": bay.pk})

    return once(user=person, key=key, route=route, contents=contents or {"a": 1}, now=now, work=work or build)


def test_the_second_time_gives_the_first_answer_and_does_nothing(person, now):
    first = ask(person, now)

    second = ask(person, now)

    assert second == first
    assert Bay.objects.count() == 1


def test_another_key_is_another_intention(person, now):
    assert ask(person, now, key="k1") != ask(person, now, key="k2")


def test_the_same_key_of_another_person_is_theirs(person, now):
    assert ask(person, now) != ask(UserFactory(), now)


@pytest.mark.parametrize("other", [{"contents": {"a": 2}}, {"route": "POST /y/"}], ids=str)
def test_a_key_used_for_something_else_is_refused(person, now, other):
    ask(person, now)

    with pytest.raises(KeyReused):
        ask(person, now, **other)

    assert Bay.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 101, "a\0b", "a\nb"], ids=["long", "nul", "line"])
def test_a_key_that_cannot_be_kept_is_refused_in_words(person, now, key):
    with pytest.raises(KeyUnusable):
        ask(person, now, key=key)


def test_a_long_address_is_kept_shortened_and_still_told_from_another(person, now):
    route = "POST /orders/" + "0" * 300
    ask(person, now, route=route + "1/")

    with pytest.raises(KeyReused):
        ask(person, now, route=route + "2/")


def test_a_refusal_leaves_the_key_free(person, now):
    def refuse():
        raise BayUnfit(bay="9")

    with pytest.raises(BayUnfit):
        ask(person, now, work=refuse)

    assert IdempotencyKey.objects.count() == 0
    assert ask(person, now).status == 201


def test_the_order_of_fields_does_not_matter():
    assert request_hash({"a": 1, "b": "đ"}) == request_hash({"b": "đ", "a": 1})


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_two_clicks_at_once_do_it_once_and_get_one_answer(now, race):
    person, station = UserFactory(), StationFactory()

    def work():
        return Answer(201, {"bay": BayFactory(station=station).pk})

    def click():
        return str(ask(person, now, work=work).body)

    outcomes = race(click, click)

    bay = Bay.objects.get()
    assert outcomes == [str({"bay": bay.pk})] * 2
