"""Translations: locale/*/LC_MESSAGES/*.po compiled to .mo without the gettext programs."""

import sys
from collections.abc import Iterator
from pathlib import Path

from runtime.places import ROOT
from runtime.refusal import plainly


def stale(root: Path = ROOT) -> Iterator[Path]:
    """Catalogues whose compiled form is missing or older."""
    for catalogue in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            yield catalogue


def compile_stale(root: Path = ROOT) -> None:
    # Imported here: `stale` is asked before .venv exists.
    import polib  # noqa: PLC0415

    for catalogue in stale(root):
        compiled = catalogue.with_suffix(".mo")
        draft = compiled.with_suffix(".mo.new")
        polib.pofile(str(catalogue)).save_as_mofile(str(draft))
        draft.replace(compiled)


def main() -> int:
    compile_stale()
    return 0


if __name__ == "__main__":
    sys.exit(plainly(main))
