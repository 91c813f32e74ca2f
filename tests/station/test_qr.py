import io
import json
import re
from base64 import b64decode

import jwt
import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from station.providers import qr

ORDER = {"n": "HB01-2026-000123", "plate": "28B01005", "to": "Mỹ Đình", "at": 1795312200}
SIMPLE = st.dictionaries(
    st.text(max_size=8),
    st.one_of(st.text(max_size=20), st.integers(-(2**53), 2**53), st.booleans(), st.none()),
    max_size=5,
)


@pytest.fixture(autouse=True, scope="module")
def keys_of_this_file(tmp_path_factory):
    with override_settings(DATA_DIR=tmp_path_factory.mktemp("data")):
        yield


def test_a_signed_payload_is_read_back() -> None:
    assert qr.read_payload(qr.sign_payload(ORDER)) == ORDER


@given(payload=SIMPLE)
def test_whatever_is_signed_is_read_back(payload) -> None:
    assert qr.read_payload(qr.sign_payload(payload)) == payload


def test_the_same_payload_is_the_same_token_in_any_order() -> None:
    assert qr.sign_payload(dict(reversed(ORDER.items()))) == qr.sign_payload(ORDER)


def test_an_independent_library_accepts_the_token_with_the_published_key() -> None:
    published = jwt.PyJWKSet.from_dict(json.loads(json.dumps(qr.public_keys())))
    token = qr.sign_payload(ORDER)
    key = published[jwt.get_unverified_header(token)["kid"]]

    assert jwt.decode(token, key, algorithms=["EdDSA"]) == ORDER


def test_no_single_changed_character_is_accepted() -> None:
    token = qr.sign_payload(ORDER)

    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(qr.InvalidToken):
            qr.read_payload(changed)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "….….…", "A" * 5000, "e30.e30." + "A" * 86])
def test_nonsense_is_refused_and_never_an_error(token) -> None:
    with pytest.raises(qr.InvalidToken):
        qr.read_payload(token)


def test_no_private_half_is_published() -> None:
    assert sorted(qr.public_keys()["keys"][0]) == ["alg", "crv", "kid", "kty", "use", "x"]


def test_the_picture_passes_a_strict_content_security_policy() -> None:
    svg = qr.qr_svg("https://example.invalid/verify/1")

    tree = etree.fromstring(svg)
    assert {name for node in tree.iter() for name in node.attrib} == {
        "class", "d", "fill", "height", "role", "shape-rendering", "viewBox", "width",
    }  # fmt: skip
    assert [etree.QName(node).localname for node in tree.iter()] == ["svg", "rect", "path"]


def test_both_pictures_show_the_same_modules() -> None:
    text = qr.sign_payload(ORDER)

    drawn = dark_modules(qr.qr_svg(text))
    png = Image.open(io.BytesIO(b64decode(qr.qr_data_uri(text, scale=1).partition(",")[2]))).convert("1")

    printed = {(x, y) for x in range(png.width) for y in range(png.height) if not png.getpixel((x, y))}
    assert drawn == printed


def dark_modules(svg: str) -> set[tuple[int, int]]:
    runs = re.findall(r"M(\d+) (\d+)h(\d+)", svg)
    return {(int(x) + step, int(y)) for x, y, width in runs for step in range(int(width))}
