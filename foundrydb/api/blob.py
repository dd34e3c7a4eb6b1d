"""Blobs that are read and written in parts: ``Connection.blobopen``.

An open blob is a running statement without a text: it stands on its row, and holds the locks.  One that may be written
holds the write lock; where no transaction is open it is one itself, which ends when the blob is closed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from operator import index
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal

from foundrydb.api.statement_handle import Handle
from foundrydb.api.values.arguments import NotPickled, buffer, c_int
from foundrydb.compiler.codegen.coder import Coder, Settings
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import View
from foundrydb.errors import ProgrammingError, error
from foundrydb.storage.format.values import UTF8
from foundrydb.storage.tree.incremental import FieldBytes
from foundrydb.vm.machine import Machine
from foundrydb.vm.tables.stored import StoredTable

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.engine.engine import Engine

_FIRST_WITH_BYTES: Final = 12
_TYPES: Final = {0: "null", 7: "real"}
_LARGEST: Final = (1 << 31) - 1


class Blob(NotPickled, Handle):
    """A text or blob of a row, as bytes that are read and written in parts; its size stays as it is.

    It is gone when its row is changed or deleted by a statement: all that is done with it then fails.
    """

    __module__ = "foundrydb"

    _connection: Connection
    _run: BlobRun
    _open: bool
    _at: int

    @classmethod
    def of(cls, connection: Connection, run: BlobRun) -> Blob:
        """The blob that a run stands on."""
        made: Blob = object.__new__(cls)
        made._connection = connection
        made._run = run
        made._open = True
        made._at = 0
        return made

    # bytes in order -----------------------------------------------------------------------------------------

    def read(self, length: int = -1, /) -> bytes:
        """The next ``length`` bytes, or all that are left."""
        self._check()
        length = c_int(length)
        rest = max(self._run.size - self._at, 0)
        data = self._bytes(self._at, rest if length < 0 else min(length, rest))
        self._at += len(data)
        return data

    def write(self, data: bytes, /) -> None:
        """Write over the next bytes.

        Raises:
            ValueError: there are not so many.
        """
        written = buffer(data)
        self._check()
        self._put(self._at, written)
        self._at += len(written)

    def seek(self, offset: int, origin: int = os.SEEK_SET, /) -> None:
        """Choose what is read or written next: ``offset`` bytes from the start, from here, or from the end."""
        self._check()
        offset, origin = c_int(offset), c_int(origin)
        if origin not in (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END):
            raise ValueError("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")
        place = offset + (0, self._at, self._run.size)[origin]
        if origin != os.SEEK_SET and place > _LARGEST:
            raise OverflowError("seek offset results in overflow")
        if not 0 <= place <= self._run.size:
            raise ValueError("offset out of blob range")
        self._at = place

    def tell(self) -> int:
        """Where the next bytes are read or written."""
        self._check()
        return self._at

    def close(self) -> None:
        """End it; what was written is committed where no transaction is open."""
        self._connection.session.check_thread()
        self._connection.session.check()
        if self._open:
            self._open = False
            with self._connection._turn():
                self._run.end()

    def __enter__(self) -> Blob:
        self._check()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        self._check()
        self.close()
        return False

    def __del__(self) -> None:
        run = getattr(self, "_run", None)
        if run is not None and self._open:
            self._connection.session.drop(run.machine)

    # bytes by number ----------------------------------------------------------------------------------------

    __iter__ = None  # its bytes have numbers, and yet it is no sequence

    def __len__(self) -> int:
        self._check()
        return self._run.size

    def __getitem__(self, key: int | slice, /) -> Any:
        self._check()
        if isinstance(key, slice):
            start, stop, step = _slice(key, self._run.size)
            if step > 0:
                return self._bytes(start, max(stop - start, 0))[::step]
            lowest, highest = _ends(start, stop, step)
            return self._bytes(lowest, highest - lowest)[::-1][::-step]
        return self._bytes(self._number(key), 1)[0]

    def __setitem__(self, key: int | slice, value: Any, /) -> None:
        self._check()
        if isinstance(key, slice):
            self._set_slice(key, value)
            return
        if not hasattr(key, "__index__"):
            raise TypeError("Blob indices must be integers")
        if not hasattr(value, "__index__"):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        place = self._number(key)
        if not 0 <= index(value) <= 255:
            raise ValueError("byte must be in range(0, 256)")
        self._put(place, bytes([index(value)]))

    def __delitem__(self, key: int | slice, /) -> None:
        self._check()
        if isinstance(key, slice):
            raise TypeError("Blob doesn't support slice deletion")
        raise TypeError("Blob doesn't support item deletion")

    def _set_slice(self, key: slice, value: Any) -> None:
        start, stop, step = _slice(key, self._run.size)
        places = range(start, stop, step)
        if not places:
            return
        data = buffer(value)
        if len(data) != len(places):
            raise IndexError("Blob slice assignment is wrong size")
        lowest, highest = _ends(start, stop, step)
        changed = bytearray(self._bytes(lowest, highest - lowest))
        for place, byte in zip(places, data):
            changed[place - lowest] = byte
        self._put(lowest, bytes(changed))

    def _number(self, key: object) -> int:
        if not hasattr(key, "__index__"):
            raise TypeError("Blob indices must be integers")
        place = index(key)
        if not -(1 << 63) <= place < 1 << 63:
            raise IndexError("cannot fit 'int' into an index-sized integer")
        size = self._run.size
        if place < 0:
            place += size
        if not 0 <= place < size:
            raise IndexError("Blob index out of range")
        return place

    # the run ------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        self._connection._check()
        if not self._open:
            raise ProgrammingError("Cannot operate on a closed blob.")

    def _bytes(self, start: int, size: int) -> bytes:
        if size == 0:
            return b""
        with self._connection._turn():
            return self._run.using(lambda field: field.read(start, size))

    def _put(self, start: int, data: bytes) -> None:
        if start + len(data) > self._run.size:
            raise ValueError("data longer than blob length")
        with self._connection._turn():
            self._run.write(start, data)


class BlobRun:
    """The statement that an open blob is.

    Attributes:
        machine: what counts as running.
        size: the bytes of the blob.
    """

    def __init__(self, engine: Engine, table: Table, column: int, rowid: int, writable: bool) -> None:
        coder = Coder(engine.catalog, engine.functions, Settings(UTF8, {}))
        coder.cursor()
        self.machine: Final = Machine(coder.finish(), engine)
        self.size = 0
        self._engine: Final = engine
        self._writable: Final = writable
        self._field: FieldBytes | None = None
        schema = engine.catalog.schema(table.schema)
        assert schema is not None
        db = engine.catalog.schemas.index(schema)
        self.machine.start()
        try:
            self.machine.begin(db, int(writable), schema.cookie)
            self._stand_on(db, table, column, rowid)
        except BaseException as failure:
            self.machine.give_up(failure)
            raise

    def _stand_on(self, db: int, table: Table, column: int, rowid: int) -> None:
        machine = self.machine
        machine.open_tree(0, db, table.root_page, None, self._writable)
        slot = machine.cursors[0]
        assert isinstance(slot, StoredTable)
        if not slot.cursor.seek_exact(rowid):
            raise error(f"no such rowid: {rowid}")
        field = FieldBytes(slot.cursor, rowid, table.positions[column])
        if field.serial < _FIRST_WITH_BYTES:
            field.close()
            raise error(f"cannot open value of type {_TYPES.get(field.serial, 'integer')}")
        self._field = field
        self.size = field.size

    def using(self, work: Callable[[FieldBytes], bytes]) -> bytes:
        """Do something with the bytes.

        Raises:
            OperationalError: the row was changed, or rolled back.
        """
        field = self._field
        if field is not None and not field.expired and self.machine.tripped is None:
            if self.machine in self._engine.running.machines:
                return work(field)
        tripped = self.machine.tripped
        self._give_up()
        if tripped is not None:
            raise tripped
        raise error("query aborted", "SQLITE_ABORT")

    def write(self, start: int, data: bytes) -> None:
        """Write over a part of the bytes.

        Raises:
            OperationalError: the blob was opened for reading; the row was changed, or rolled back.
        """
        if not self._writable:
            raise error("attempt to write a readonly database", "SQLITE_READONLY")

        def put(field: FieldBytes) -> bytes:
            field.write(start, data)
            return b""

        self.using(put)

    def end(self) -> None:
        """End the statement."""
        self._let_go()
        self.machine.reset()

    def _give_up(self) -> None:
        """The row is gone: there is nothing more to read, and the statement ends, so that it is in nobody's way."""
        self._let_go()
        self.size = 0
        if self.machine in self._engine.running.machines:
            self.machine.reset()

    def _let_go(self) -> None:
        if self._field is not None:
            self._field.close()
            self._field = None


def open_blob(engine: Engine, table: str, column: str, rowid: int, writable: bool, name: str) -> BlobRun:
    """Open the blob of a row.

    Raises:
        OperationalError: there is no such row, or it has no bytes there.
    """
    engine.preparer.load_catalog()
    schema = engine.catalog.schema(name)
    found = None if schema is None else engine.catalog.find_relation(table, schema.name)
    if found is None:
        raise error(f"no such table: {name}.{table}")
    if isinstance(found, View):
        raise error(f"cannot open view: {table}")
    if found.virtual_module:
        raise error(f"cannot open virtual table: {table}")
    if found.without_rowid:
        raise error(f"cannot open table without rowid: {table}")
    if any(each.generated is not None for each in found.columns):
        raise error(f"cannot open table with generated columns: {table}")
    place = found.column_index(column)
    if place < 0:
        raise error(f'no such column: "{column}"')
    if writable:
        _refuse_keys(engine, found, place)
    return BlobRun(engine, found, place, rowid, writable)


def _refuse_keys(engine: Engine, table: Table, column: int) -> None:
    """Refuse to write what an index, or a foreign key that is enforced, depends on."""
    for index_of in table.indexes:
        if any(item.column in (column, EXPRESSION) for item in index_of.columns):
            raise error("cannot open indexed column for writing")
    if engine.settings.get("foreign_keys") and any(column in key.columns for key in table.foreign_keys):
        raise error("cannot open foreign key column for writing")


def _slice(key: slice, size: int) -> tuple[int, int, int]:
    try:
        return key.indices(size)
    except TypeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


def _ends(start: int, stop: int, step: int) -> tuple[int, int]:
    """The lowest place of a slice, and the one past the highest; equal where it is empty."""
    places = range(start, stop, step)
    if not places:
        return 0, 0
    return min(places[0], places[-1]), max(places[0], places[-1]) + 1
