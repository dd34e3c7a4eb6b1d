"""Golden files: what came out of a query, kept beside the tests, and compared the next time.

A file holds the SQL as a comment, an empty line, and what came out::

    -- select note from bell where weight > 300

    Output note
      Project bell.note
        …
"""

from __future__ import annotations

import re
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from typing import Final

_LONGEST: Final = 120
"""How many characters of a test's name stand in a file's."""

_UNSAFE: Final = re.compile(r"[^\w.+-]+")


class Goldens:
    """The golden files of one test.

    Args:
        folder: where they are.
        test: the test's name, with which each file's name begins.
        update: write what comes out, and compare nothing.
        written: takes the paths of files that are written.
    """

    def __init__(self, folder: Path, test: str, update: bool, written: list[Path]) -> None:
        self._folder: Final = folder
        self._test: Final = test
        self._update: Final = update
        self._written: Final = written
        self._asked: Final[set[str]] = set()

    def check(self, kind: str, name: str, sql: str, text: str) -> None:
        """Compare what came out with what is kept.

        Args:
            kind: ``plan``, ``bytecode`` or ``rows``, the file's suffix.
            name: tells several of a test apart; "" for its number, where it is not the first.

        Raises:
            AssertionError: they differ, or nothing is kept yet.
        """
        __tracebackhide__ = True
        path = self._folder / self._file_name(kind, name)
        came = golden_text(sql, text)
        kept = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else None
        if kept == came:
            return
        if self._update:
            write(path, came)
            self._written.append(path)
            return
        if kept is None:
            raise AssertionError(f"there is no {path}: pytest --fdb-update writes it\n\n{came}")
        raise AssertionError(
            f"{path} (-) is not what came out (+); if that is right, pytest --fdb-update keeps it\n\n"
            f"{difference(kept, came)}"
        )

    def _file_name(self, kind: str, name: str) -> str:
        base = ".".join([_of_test(self._test), *([_UNSAFE.sub("_", name).strip("_")] if name else [])])
        found, count = f"{base}.{kind}", 1
        while found in self._asked:
            count += 1
            found = f"{base}.{count}.{kind}"
        self._asked.add(found)
        return found


def _of_test(name: str) -> str:
    """A test's name with what a file's may have; one that others may look like then has a digest of it behind.

    Parameters follow a sign that no function's name has.
    """
    head, bracket, inner = name.partition("[")
    whole = f"{head}-{inner.removesuffix(']')}" if bracket else head
    safe = _UNSAFE.sub("_", whole).strip("_")
    if safe[:_LONGEST] == whole:
        return safe
    return f"{safe[:_LONGEST]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def golden_text(sql: str, text: str) -> str:
    """What a golden file holds."""
    comment = "".join(f"-- {line}".rstrip() + "\n" for line in sql.strip().splitlines())
    return f"{comment}\n{text}"


def write(path: Path, text: str) -> None:
    """Write a file whole, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")


def difference(before: str, after: str) -> str:
    """What changed from one text to another, line by line."""
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@"))
