"""Every sentence is there in Vietnamese, reviewed, and with the same blanks to fill."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polib
import pytest
from django.utils.translation.template import templatize

from tests.architecture.product import APPS, ROOT, dotted, name_of, python_files, templates, tree_of

CATALOGUE = ROOT / "locale/vi/LC_MESSAGES/django.po"
# Function → how many of its first arguments are message ids, and whether the first is a context.
PLAIN = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
PLURAL = frozenset({"ngettext", "ngettext_lazy"})
CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
TEMPLATE_CALL = re.compile(r"\b(_|n?gettext|n?pgettext)\((.*?)\)\s", re.DOTALL)
STRING = re.compile(r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.DOTALL)
BLANK = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


@dataclass(frozen=True)
class Message:
    key: str  # context + EOT + id, as in a .mo file
    translations: list[str]
    is_fuzzy: bool


def in_python(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, texts = dotted(node.func).split(".")[-1], [text_of(argument) for argument in node.args[:2]]
        if name in PLAIN | PLURAL and texts[0] is not None:
            yield texts[0]
        if name in CONTEXT and len(texts) > 1 and None not in texts:
            yield f"{texts[0]}\x04{texts[1]}"


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(source: str) -> Iterator[str]:
    for match in TEMPLATE_CALL.finditer(templatize(source) + "\n"):
        texts = [ast.literal_eval(text) for text in STRING.findall(match[2])]
        if texts:
            yield "\x04".join(texts[:2]) if match[1].endswith("pgettext") else texts[0]


def wanted() -> dict[str, str]:
    """Message id → a place that uses it."""
    found = {key: name_of(path) for path in python_files(*APPS) for key in in_python(tree_of(path))}
    for path in templates():
        if path.suffix in {".html", ".txt"}:
            found |= dict.fromkeys(in_template(path.read_text()), name_of(path))
    return {key: place for key, place in found.items() if key}


def read_catalogue(text: str) -> dict[str, Message]:
    entries = (entry for entry in polib.pofile(text) if not entry.obsolete)
    return {message.key: message for message in map(as_message, entries)}


def as_message(entry: polib.POEntry) -> Message:
    key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
    return Message(key, list(entry.msgstr_plural.values()) or [entry.msgstr], entry.fuzzy)


def blanks(text: str) -> list[str]:
    return sorted(match[0] for match in BLANK.finditer(text))


def missing(keys: dict[str, str], catalogue: dict[str, Message]) -> list[str]:
    return sorted(f"{place}: {key}" for key, place in keys.items() if key not in catalogue)


def unfinished(catalogue: dict[str, Message]) -> list[str]:
    """Without a translation, guessed by a tool, or with other blanks than the English sentence."""
    return sorted(
        message.key
        for message in catalogue.values()
        if message.is_fuzzy
        or not all(message.translations)
        or (len(message.translations) == 1 and blanks(message.translations[0]) != blanks(message.key.split("\x04")[-1]))
    )


def unwanted(keys: dict[str, str], catalogue: dict[str, Message]) -> list[str]:
    return sorted(set(catalogue) - set(keys))


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue(CATALOGUE.read_text()) if CATALOGUE.exists() else {}


def test_every_sentence_is_in_the_catalogue(catalogue):
    assert missing(wanted(), catalogue) == []


def test_every_entry_is_translated_and_reviewed(catalogue):
    assert unfinished(catalogue) == []


def test_catalogue_holds_nothing_that_is_gone(catalogue):
    assert unwanted(wanted(), catalogue) == []


@pytest.mark.parametrize("wrong", ["hoá ", "thuỷ", "huỷ", "hoà ", "toà "])
def test_one_spelling_of_tone_marks(catalogue, wrong):
    """hóa, hủy, tòa: the old placement everywhere, except in the name Hoà Bình."""
    texts = [text.replace("Hoà Bình", "") for message in catalogue.values() for text in message.translations]

    assert [text for text in texts if wrong in f"{text.lower()} "] == []


# --- each check can fail --------------------------------------------------------------------------------------------

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

#: ticketing/views.py:3
msgid "Sold %(n)s "
"seats"
msgstr "Đã bán %(n)s ghế"

#, fuzzy, python-format
msgid "Bay"
msgstr "Vịnh"

msgctxt "shift"
msgid "open"
msgstr ""

msgid "Seat %(seat)s"
msgstr "Ghế %(ghe)s"

#~ msgid "gone"
#~ msgstr "mất"
"""


def test_catalogue_is_read_and_its_faults_are_seen():
    catalogue = read_catalogue(PO)

    assert sorted(catalogue) == ["Bay", "Seat %(seat)s", "Sold %(n)s seats", "shift\x04open"]
    assert unfinished(catalogue) == ["Bay", "Seat %(seat)s", "shift\x04open"]
    assert missing({"Bay": "a.html", "Till": "b.html"}, catalogue) == ["b.html: Till"]
    assert unwanted({"Bay": "a.html"}, read_catalogue(PO))[:1] == ["Seat %(seat)s"]


def test_sentences_are_found_in_python():
    source = (
        '_("one"\n  " two"); gettext_lazy("three"); ngettext("seat", "seats", n); pgettext("shift", "open"); _(name)'
    )

    assert list(in_python(ast.parse(source))) == ["one two", "three", "seat", "shift\x04open"]


def test_sentences_are_found_in_templates():
    source = (
        "{% translate \"It's here\" %}{% translate 'open' context 'shift' as x %}"
        '{% if a == _("yes") %}{% endif %}<c-button label="{% translate \'Sell\' %}" />'
        "{% blocktranslate trimmed count n=seats|length %}\n  {{ n }} seat\n"
        "{% plural %}{{ n }} seats{% endblocktranslate %}"
        "{% blocktranslate trimmed %}\n Sold\n out (today)\n{% endblocktranslate %}"
    )

    assert sorted(in_template(source)) == [
        "%(n)s seat",
        "It's here",
        "Sell",
        "Sold out (today)",
        "shift\x04open",
        "yes",
    ]
