"""A document laid out anew, as ``fdb fmt`` does it: every comment is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.errors import Error
from foundrydb.toolkit.formatting.scripts import format_sql

if TYPE_CHECKING:
    from foundrydb.tools.lsp.documents import OpenDocument


class NotFormatted(Exception):
    """The text stays as it is; the message says why."""


def formatted(document: OpenDocument) -> str:
    """The text laid out anew.

    Raises:
        NotFormatted: something in it is wrong, or would be lost.
    """
    try:
        return format_sql(document.text)
    except Error as mistake:
        raise NotFormatted(f"not formatted: {mistake.message}") from mistake
