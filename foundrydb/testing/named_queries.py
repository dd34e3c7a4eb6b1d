"""Files of queries, each with its name in a comment before it.

::

    -- name: bells_of_order
    select * from bell where order_id = :order;

A query without one is called by its number in the file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from foundrydb.toolkit.stages import parse

_NAME: Final = re.compile(r"--[ \t]*name:[ \t]*(?P<name>\S+)")


def named_queries(path: Path) -> list[tuple[str, str]]:
    """The queries of a file: name and text.

    Raises:
        Error: it is not all SQL, with the place in ``offset``.
        ValueError: the file cannot be read, or two have one name; the message begins with its path.
    """
    try:
        sql = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ValueError(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8") from None
    found: list[tuple[str, str]] = []
    end = 0
    for number, statement in enumerate(parse(sql), 1):
        named = _NAME.findall(sql, end, statement.start)
        name = named[-1] if named else f"{path.stem}.{number}"
        if any(name == other for other, _ in found):
            raise ValueError(f"{path}: two queries are called {name}")
        found.append((name, sql[statement.start : statement.end]))
        end = statement.end
    return found
