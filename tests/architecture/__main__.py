"""Writes the table of folders in docs/architecture.md: ``python -m architecture [--check]`` (in tests/)."""

from __future__ import annotations

import sys

from architecture.table import DOCUMENT, renewed


def main() -> int:
    """Write the table; with ``--check`` say only whether it is stale."""
    old = DOCUMENT.read_text(encoding="utf-8")
    new = renewed(old)
    if old == new:
        return 0
    if "--check" in sys.argv[1:]:
        print("docs/architecture.md is stale: run python -m architecture in tests/")
        return 1
    DOCUMENT.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
