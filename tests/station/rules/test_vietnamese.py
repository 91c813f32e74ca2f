import unicodedata

import pytest

from station.rules.vietnamese import one_spelling, same_text, search_key, sort_key

DECOMPOSED = unicodedata.normalize("NFD", "Hoà Bình")


@pytest.mark.parametrize("text", ["Hoà Bình", "Hòa Bình", "hoa binh", "HOÀ  BÌNH", DECOMPOSED])
def test_every_spelling_is_found_by_one_key(text):
    assert search_key(text) == "hoa binh"


@pytest.mark.parametrize(
    ("text", "key"), [("Đà Bắc – Mường Chiềng", "da bac muong chieng"), ("2899.5712.A", "2899 5712 a"), ("", "")]
)
def test_a_key_is_plain_letters_and_digits(text, key):
    assert search_key(text) == key


@pytest.mark.parametrize(
    ("newer", "older"),
    [("Hoà", "Hòa"), ("Thuỷ", "Thủy"), ("khoẻ", "khỏe"), ("HOÁ ĐƠN", "HÓA ĐƠN"), ("uỷ thác", "ủy thác")],
)
def test_the_two_places_of_a_tone_are_one_spelling(newer, older):
    assert one_spelling(newer) == older
    assert one_spelling(older) == older
    assert same_text(newer, older) is True


@pytest.mark.parametrize("text", ["quý", "toàn", "huỳnh", "khuỷu", "Quế Võ", "hoạch", "loài", "quà", "Huế", "tuấn"])
def test_a_tone_that_has_only_one_place_stays(text):
    assert one_spelling(text) == text


def test_other_words_are_other_texts():
    assert same_text("Đại Từ", "Đãi Từ") is False


def test_people_are_sorted_by_given_name_in_vietnamese_letters():
    names = ["Bùi Văn Đức", "Nguyễn Thị Ân", "Xa Văn An", "Hà Văn Dũng", "Quách Thị Ánh", "Lê Văn An", "Bạch Văn Ấn"]

    assert sorted(names, key=sort_key) == [
        "Lê Văn An",
        "Xa Văn An",
        "Quách Thị Ánh",
        "Nguyễn Thị Ân",
        "Bạch Văn Ấn",
        "Hà Văn Dũng",
        "Bùi Văn Đức",
    ]


def test_a_name_of_one_word_sorts_too():
    assert sorted(["Tư", "Ba"], key=sort_key) == ["Ba", "Tư"]
