"""Tax codes, telephone numbers, citizens' numbers, route codes."""

from datetime import date

import pytest

from station.rules import person_ids, phones, route_codes, tax_codes


@pytest.mark.parametrize("code", ["0100109106", "0301442379", "0106869738", "0100109106-001", "0100109106001"])
def test_a_company_code_with_the_right_check_digit_is_accepted(code):
    assert tax_codes.is_tax_code(code) is True


@pytest.mark.parametrize("code", ["0100109107", "0100109106-000", "010010910", "0100109106-1", "abc", ""])
def test_a_wrong_tax_code_is_refused(code):
    assert tax_codes.is_tax_code(code) is False


def test_a_citizen_number_serves_as_a_tax_code():
    assert tax_codes.is_tax_code("017085001234") is True


def test_some_nine_digits_begin_no_tax_code():
    assert tax_codes.check_digit("000000000") == 10
    assert tax_codes.is_tax_code("0000000000") is False


@pytest.mark.parametrize("text", ["0912345678", "+84 912 345 678", "84912345678", "0912.345.678", "0084912345678"])
def test_a_mobile_number_is_stored_with_its_zero(text):
    assert phones.normalise(text) == "0912345678"
    assert phones.is_mobile(text) is True


@pytest.mark.parametrize("text", ["0218 3851 234", "02183851234", "19001234", "1800123456"])
def test_land_lines_and_hotlines_are_phones_but_not_mobiles(text):
    assert phones.is_phone(text) is True
    assert phones.is_mobile(text) is False


@pytest.mark.parametrize("text", ["", "12345", "0112345678", "091234567", "09123456789"])
def test_what_rings_nowhere_is_refused(text):
    assert phones.is_phone(text) is False


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [("017085001234", "male", 1985), ("017190001234", "female", 1990), ("017201001234", "male", 2001)],
)
def test_a_citizen_number_tells_sex_and_year(number, sex, year):
    assert person_ids.is_person_id(number) is True
    assert person_ids.sex_of(number) == sex
    assert person_ids.birth_year_of(number) == year


def test_a_birthday_of_another_year_does_not_fit():
    assert person_ids.fits_birth("017085001234", date(1985, 3, 1)) is True
    assert person_ids.fits_birth("017085001234", date(1986, 3, 1)) is False


@pytest.mark.parametrize("text", ["", "113456789", "117085001234", "01708500123"])
def test_old_and_foreign_numbers_are_not_citizen_numbers(text):
    assert person_ids.is_person_id(text) is False
    with pytest.raises(ValueError, match="Not a citizen's number"):
        person_ids.sex_of(text)


@pytest.mark.parametrize(
    ("code", "is_code", "is_inter", "variant"),
    [
        ("2898.0111.B", True, True, "B"),
        ("28.0104.A", True, False, "A"),
        ("466.1414.A", False, False, ""),
        ("2898.0111", False, False, ""),
        ("2898.0111.b", False, False, ""),
    ],
)
def test_route_codes_have_two_shapes(code, is_code, is_inter, variant):
    assert route_codes.is_route_code(code) is is_code
    assert route_codes.is_inter(code) is is_inter
    assert route_codes.variant_of(code) == variant


def test_a_typed_route_code_loses_its_spaces():
    assert route_codes.normalise(" 2898. 0111.b ") == "2898.0111.B"
