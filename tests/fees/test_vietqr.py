import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.rules import note_of, reference_of, references_in, vietqr
from fees.rules.vietqr import TO_CARD, crc

_HEAD = "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN"
_WITH_AMOUNT = f"{_HEAD}62150811Chuyen tien630453E6"


def fields(text: str) -> dict[str, str]:
    """The code read back, as a bank's app does."""
    found = {}
    while text:
        size = int(text[2:4])
        found[text[:2]], text = text[4 : 4 + size], text[4 + size :]
    return found


@pytest.mark.parametrize(
    ("asked", "published"),
    [
        (
            {"bank": "970416", "account": "257678859"},
            "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F",
        ),
        (
            {"bank": "970416", "account": "257678859", "amount": 10_000, "note": "Chuyen tien"},
            _WITH_AMOUNT,
        ),
    ],
)
def test_published_codes_come_out_sign_for_sign(asked, published):
    assert vietqr(**asked) == published


def test_a_code_of_ours_ends_as_the_handbook_says():
    code = vietqr(bank="970415", account="100000000001", amount=162_000, note="BX28HB PXB0001234")

    assert code.endswith("62210817BX28HB PXB000123463047003") is True


def test_the_check_sum_covers_its_own_mark():
    published = "00020101021138540010A00000072701240006970407011003865776720208QRIBFTTA5303704540710000005802VN"

    assert crc(published + "62160812henry an cut6304") == "A322"


@given(amount=st.integers(1, 10**10), number=st.integers(0, 10**12))
def test_whatever_is_asked_is_read_back(amount, number):
    note = note_of("HB01", reference_of(number))

    read = fields(vietqr(bank="970415", account="100000000001", amount=amount, note=note))

    assert (read["01"], read["54"], read["53"], fields(read["62"])) == ("12", str(amount), "704", {"08": note})
    assert fields(read["38"])["02"] == "QRIBFTTA"


def test_a_card_number_has_a_service_of_its_own():
    read = fields(vietqr(bank="970415", account="9704151234567890", service=TO_CARD))

    assert (fields(read["38"])["02"], "54" in read) == ("QRIBFTTC", False)


def test_a_value_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="100 bytes"):
        vietqr(bank="970415", account="1", note="A" * 96 + "BCDE")


def test_a_note_is_what_every_bank_carries():
    assert note_of("Bến xe Hoà Bình", "BX00000120") == "BEN XE HOA BINH BX0000012"
    assert note_of("HB-01", "đ") == "HB 01 D"


@pytest.mark.parametrize(
    "text",
    [
        "HB01 BX00000120",
        "MBVCB.8412.bx00000120.CT tu 0071 toi 1000",
        "HB01BX0000012020261122",
        "HB01 BX 0000 0120 BX00000120",
    ],
)
def test_a_reference_is_found_in_the_words_of_any_bank(text):
    assert reference_of(12) == "BX00000120"
    assert references_in(text) == ["BX00000120"]


def test_a_reference_with_a_wrong_digit_is_none():
    assert references_in("HB01 BX00000130") == []
    assert references_in("Chuyen tien") == []


def test_two_references_are_two():
    assert references_in(f"{reference_of(1)} {reference_of(2)}") == [reference_of(1), reference_of(2)]
