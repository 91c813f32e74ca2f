"""Vietnamese text as people search and sort it.

Two spellings of one word must meet: `Hoà` and `Hòa`, with or without accents, precomposed or not.
"""

import re
import unicodedata

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng
_LETTERS = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_NOT_WORD = re.compile(r"[^0-9a-z]+")
# The open syllables oa, oe, uy: the tone stands on the second vowel in the newer spelling (hoà), on the first in the
# older one (hòa). After q the u belongs to the consonant: quý stays.
_NEW_PLACE = re.compile(r"(?<![qQ])([oOuU])([aeyAEY])([\u0300\u0301\u0303\u0309\u0323])(?![^\W\d_]|[\u0300-\u036f])")
_OPEN_PAIRS = frozenset({"oa", "oe", "uy"})


def search_key(text: str) -> str:
    """Lower case letters and digits of *text* without accents, words divided by one space: `Hoà Bình` → `hoa binh`."""
    plain = text.replace("đ", "d").replace("Đ", "D")
    letters = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    return _NOT_WORD.sub(" ", letters.lower()).strip()


def rank_of_match(key: str, letters: str) -> int | None:
    """How well *letters* name the thing with the search key *key*: whole, its initials (`bmt`), its beginning, that of
    a later word, the first initials. Smaller is better, None not at all."""
    words, wanted = key.split(), letters.replace(" ", "")
    initials = "".join(word[0] for word in words)
    ways = (
        "".join(words) == wanted,
        initials == wanted,
        "".join(words).startswith(wanted),
        any("".join(words[n:]).startswith(wanted) for n in range(1, len(words))),
        initials.startswith(wanted),
    )
    return next((rank for rank, fits in enumerate(ways) if fits), None)


def one_spelling(text: str) -> str:
    """*text* in NFC with the tone of open oa, oe, uy on the first vowel: `thuỷ` and `thủy` become one word."""
    return unicodedata.normalize("NFC", _NEW_PLACE.sub(_move_tone, unicodedata.normalize("NFD", text)))


def same_text(one: str, other: str) -> bool:
    """Are these two spellings of one text, accents included?"""
    return _folded(one) == _folded(other)


def sort_key(full_name: str) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Order of a list of people: by given name, then middle names, then family name, in Vietnamese letters."""
    words = one_spelling(full_name).lower().split()
    turned = words[-1:] + words[1:-1] + words[:1] if len(words) > 1 else words
    return tuple(_word_key(word) for word in turned)


def _folded(text: str) -> str:
    return " ".join(one_spelling(text).casefold().split())


def _move_tone(match: re.Match[str]) -> str:
    first, second, tone = match.groups()
    if (first + second).lower() not in _OPEN_PAIRS:
        return match[0]
    return first + tone + second


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Letters first, tones only between words of the same letters."""
    letters, tones = [], []
    for sign in unicodedata.normalize("NFC", word):
        base, tone = _without_tone(sign)
        letters.append(_LETTERS.find(base))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _without_tone(sign: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", sign)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    rest = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", rest), tone
