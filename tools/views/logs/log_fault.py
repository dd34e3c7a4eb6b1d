"""What is wrong with a log."""

from __future__ import annotations

from typing import NamedTuple


class LogFault(NamedTuple):
    """What is wrong with a log, and where in its file."""

    offset: int
    text: str
