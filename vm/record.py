"""The value of a register that holds a record: fields on their way to a table, an index or a sorter.

SQLite packs the fields into bytes at once.  Here they stay values until storage needs the bytes, so that what only
passes through a sorter or an ephemeral table is never packed at all.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.format.values import Value


@final
class Record:
    """The fields of a record.  Whoever takes ``values`` over must not change the list."""

    def __init__(self, values: list[Value]) -> None:
        self.values: Final = values
