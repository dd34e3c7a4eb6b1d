"""Every SQL text of the conformance data and the sample databases, for tests of the grammar.

The data lies beside the checkout: ``FOUNDRYDB_SHARED`` (or ``FOUNDRYDB_CONFORMANCE``) names the folder, by default
../shared, with ``conformance/`` (.test and .sqltest files) and ``databases/*.sql`` in it.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"(setup|test|snapshot|snapshot-eqp)\b\s*([^{]*?)\s*\{")


def folder() -> Path:
    """Where the data is sought."""
    named = os.environ.get("FOUNDRYDB_CONFORMANCE") or os.environ.get("FOUNDRYDB_SHARED")
    return Path(named) if named else ROOT.parent / "shared"


def missing() -> str | None:
    """Why there is no corpus, or None."""
    return (
        None if folder().is_dir() else f"no conformance data at {folder()} (FOUNDRYDB_SHARED names another)"
    )


def share(text: str) -> tuple[int, int]:
    """``K/N``, every N-th text from the K-th on, as the type of a command's option; K is 0 to N-1."""
    parts = text.split("/")
    if len(parts) != 2 or not all(part.isdigit() for part in parts) or int(parts[0]) >= int(parts[1]):
        raise argparse.ArgumentTypeError(f"{text} is not K/N with K from 0 to N-1")
    return int(parts[0]), int(parts[1])


def constructs() -> list[str]:
    """The statements of every_construct.sql."""
    text = (Path(__file__).parent / "every_construct.sql").read_text(encoding="utf-8")
    return [part for part in text.strip().split("\n\n") if not part.startswith("--")]


def _logictest_texts(path: Path) -> Iterator[str]:
    """The statements of a .test file, one per record."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    i = 0
    while i < len(lines):
        if lines[i].startswith(("statement", "query")):
            begin = i + 1
            i = begin
            while i < len(lines) and lines[i].strip() and lines[i].strip() != "----":
                i += 1
            yield "\n".join(lines[begin:i])
        i += 1


def _sqltest_texts(path: Path) -> Iterator[str]:
    """The scripts of a .sqltest file, one per block; those with a shell's commands are left out."""
    lines = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        i += 1
        if not _BLOCK.match(line.strip()):
            continue
        if line.rstrip().endswith("}"):
            text = line[line.index("{") + 1 : line.rindex("}")]
        else:
            begin = i
            while i < len(lines) and lines[i].rstrip() != "}":
                i += 1
            text = "\n".join(lines[begin:i])
        if not re.search(r"(?m)^\s*\.[a-z]", text) and "{{" not in text:
            yield text


def texts() -> Iterator[tuple[str, str]]:
    """The file's name and an SQL text, one after the other; each text once."""
    seen: set[int] = set()
    base = folder()
    for path in sorted([*base.rglob("*.test"), *base.rglob("*.sqltest"), *base.rglob("*.sql")]):
        if path.suffix == ".test":
            found: Iterator[str] = _logictest_texts(path)
        elif path.suffix == ".sqltest":
            found = _sqltest_texts(path)
        else:
            found = iter([path.read_text(encoding="utf-8", errors="replace")])
        for text in found:
            key = hash(text)
            if key not in seen and "\0" not in text:
                seen.add(key)
                yield path.name, text
