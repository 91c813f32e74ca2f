import pytest

from station.rules import plates


@pytest.mark.parametrize(
    "text",
    ["28B-012.34", "28B01234", "28B-1234", "29LD-123.45", "80A-123.45", " 28b-012.34 ", "28B 012 34", "51TĐ-1234"],
)
def test_what_people_write_is_a_plate(text):
    assert plates.is_plate(text) is True


@pytest.mark.parametrize("text", ["HB-0123", "hb 0123", "PT-2134", "AG-12345"])
def test_the_number_of_a_boats_register_is_one_too(text):
    assert plates.is_plate(text) is True


@pytest.mark.parametrize(
    "text",
    ["28H-1.234", "٢٨B-012.34", "08B-123.45", "28I-123.45", "28BA-123.45", "", "28B", "28B-123.456", "2B-123.45"],
)
def test_what_only_looks_like_a_plate_is_not(text):
    assert plates.is_plate(text) is False


@pytest.mark.parametrize("text", ["NG-80123", "HB-123", "H-0123", "HB-012345"])
def test_what_only_looks_like_a_boats_number_is_not(text):
    assert plates.is_plate(text) is False


@pytest.mark.parametrize(
    "text", ["28B-012.34", "28b 012.34", " 28B01234", "28B-012 34", "２８B－０１２.３４", "28B\x0001234"]
)
def test_all_spellings_are_stored_alike(text):
    assert plates.normalise(text) == "28B01234"


@pytest.mark.parametrize(
    ("stored", "painted"),
    [
        ("28B01234", "28B-012.34"),
        ("28B1234", "28B-1234"),
        ("29LD12345", "29LD-123.45"),
        ("NG80123", "NG80123"),
        ("HB0123", "HB-0123"),
    ],
)
def test_a_plate_is_shown_as_it_is_painted(stored, painted):
    assert plates.display(stored) == painted


def test_a_boats_number_is_shown_as_it_is_painted():
    assert plates.display("HB0123") == "HB-0123"
