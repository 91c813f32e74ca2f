"""Only files that we know are served."""

import hashlib
import json
from pathlib import Path

import pytest

from runtime import assets
from runtime.assets import Asset
from runtime.places import ROOT
from runtime.refusal import CannotGoOn

GOOD = b"let known = true;"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    (tmp_path / "packages/tool").mkdir(parents=True)
    (tmp_path / "packages/tool/tool.js").write_bytes(GOOD)
    return tmp_path / "packages"


@pytest.fixture
def asset() -> Asset:
    return Asset(hashlib.sha256(GOOD).hexdigest(), Path("tool/tool.js"), "tool-1.0")


def test_a_known_file_is_copied(packages: Path, asset: Asset, tmp_path: Path):
    assets.copy([asset], packages, tmp_path / "vendor")

    assert (tmp_path / "vendor/tool-1.0/tool.js").read_bytes() == GOOD
    assert assets.in_place([asset], tmp_path / "vendor") is True


def test_a_file_with_another_hash_is_refused_and_not_copied(packages: Path, asset: Asset, tmp_path: Path):
    (packages / "tool/tool.js").write_bytes(GOOD + b"steal();")

    with pytest.raises(CannotGoOn) as refusal:
        assets.copy([asset], packages, tmp_path / "vendor")

    assert refusal.value.code == "asset-changed"
    assert list((tmp_path / "vendor").rglob("*")) == []


def test_a_file_changed_after_copying_is_noticed(packages: Path, asset: Asset, tmp_path: Path):
    assets.copy([asset], packages, tmp_path / "vendor")
    (tmp_path / "vendor/tool-1.0/tool.js").write_bytes(b"")

    assert assets.in_place([asset], tmp_path / "vendor") is False


def test_a_missing_file_is_named(asset: Asset, tmp_path: Path):
    with pytest.raises(CannotGoOn) as refusal:
        assets.copy([asset], tmp_path, tmp_path / "vendor")

    assert (refusal.value.code, refusal.value.facts) == ("asset-missing", {"path": tmp_path / "tool/tool.js"})


def test_every_served_file_comes_from_a_package_of_the_lock_file_in_that_version():
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wrong = []

    for asset in assets.known():
        name = "/".join(asset.source.parts[: 2 if asset.source.parts[0].startswith("@") else 1])
        version = lock[f"node_modules/{name}"]["version"]
        if not asset.folder.endswith(f"-{version}"):
            wrong.append(asset.folder)

    assert wrong == []


def test_the_lock_file_names_no_download_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, package in lock.items() if "resolved" in package] == []
