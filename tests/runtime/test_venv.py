"""A package that was left half-installed is found."""

from pathlib import Path

import pytest

from runtime import venv


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "tool-1.0.dist-info").mkdir()
    (tmp_path / "tool.py").write_text("x = 1\n")
    record = "tool.py,sha256=abc,6\ntool-1.0.dist-info/RECORD,,\ntool-1.0.dist-info/METADATA,sha256=abc,9\n"
    (tmp_path / "tool-1.0.dist-info/RECORD").write_text(record)
    return tmp_path


@pytest.mark.parametrize(
    ("mishap", "whole"),
    [
        (Path.exists, True),
        (lambda site: (site / "tool.py").unlink(), False),
        (lambda site: (site / "tool.py").write_text(""), False),
        (lambda site: (site / "tool-1.0.dist-info/RECORD").unlink(), False),
    ],
    ids=["untouched", "file gone", "file cut short", "record gone"],
)
def test_a_package_is_whole_only_with_all_its_files(site: Path, mishap, whole: bool):
    mishap(site)

    assert venv.is_whole(site, site / "tool-1.0.dist-info/RECORD") is whole
