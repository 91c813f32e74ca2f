"""Translations are compiled without the gettext programs."""

import gettext
import os
from pathlib import Path

import pytest

from runtime import messages

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Ticket"
msgstr "Vé"

#, fuzzy
msgid "Bay"
msgstr "Vịnh"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "locale/vi/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE)
    return tmp_path


def test_translations_are_compiled_and_doubtful_ones_left_out(root: Path):
    messages.compile_stale(root)

    with (root / "locale/vi/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [compiled.gettext(word) for word in ("Ticket", "Bay")] == ["Vé", "Bay"]


def test_only_a_changed_catalogue_is_compiled_again(root: Path):
    catalogue = root / "locale/vi/LC_MESSAGES/django.po"
    messages.compile_stale(root)
    before = list(messages.stale(root))

    os.utime(catalogue, (catalogue.stat().st_atime, catalogue.stat().st_mtime + 10))

    assert (before, list(messages.stale(root))) == ([], [catalogue])


def test_a_copy_without_catalogues_has_nothing_to_compile(tmp_path: Path):
    assert list(messages.stale(tmp_path)) == []
