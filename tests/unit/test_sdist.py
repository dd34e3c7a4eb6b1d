"""The source distribution holds what git tracks, so that whoever has it can compile, test and develop."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MADE = ("PKG-INFO", "setup.cfg", "foundrydb.egg-info")
"""What only the distribution has."""


def tracked() -> list[str]:
    """The files that git knows, links included; the test is skipped where there is no checkout."""
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout of git's")
    return [name for name in listing.stdout.decode().split("\0") if name]


def test_nothing_was_left_behind() -> None:
    """What lies beside the folders is known by name: no database that a test made."""
    allowed = {
        ".gitignore",
        ".importlinter",
        "LICENSE",
        "MANIFEST.in",
        "pyproject.toml",
        "pytest_foundrydb.py",
        "setup.py",
        "trimming.py",
    }
    beside = {name for name in tracked() if "/" not in name and not name.endswith(".md")}
    assert beside - allowed == set()


def test_the_source_distribution_holds_what_git_tracks(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    names = tracked()
    checkout = tmp_path / "checkout"
    for name in names:
        source, copy = ROOT / name, checkout / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            copy.symlink_to(source.readlink())
        elif source.exists():
            copy.write_bytes(source.read_bytes())
    command = [
        sys.executable,
        "setup.py",
        "-q",
        "sdist",
        "--formats=tar",
        "--dist-dir",
        str(tmp_path / "dist"),
    ]
    made = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    (path,) = (tmp_path / "dist").iterdir()
    with tarfile.open(path) as archive:
        held = {
            item.name.partition("/")[2]: item.linkname
            for item in archive.getmembers()
            if not item.isdir() and item.name.partition("/")[2].split("/")[0] not in MADE
        }
    assert sorted(held) == sorted(names)
    assert held["foundrydb/compiler"] == "../compiler"
