"""The errors of every layer: the PEP 249 hierarchy, with SQLite's result codes.

An error carries what SQLite would report for it: the message, the (extended) result code and the code's
name, as the standard library's ``sqlite3`` module exposes them (``sqlite_errorcode``, ``sqlite_errorname``).  As
there, an error of the interface's own (a closed cursor, a parameter too many) has neither.
Which class a code becomes follows the same module.  Two things go beyond it: an error about SQL text knows
where in the text it is (``offset``), and an error about a damaged file knows the page (``page``).  And what is not
there yet is an OperationalError, as in a SQLite that was built without it: programs that probe for it go on.

Codes: https://sqlite.org/rescode.html
"""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, int]] = {
    "SQLITE_OK": 0,
    "SQLITE_ERROR": 1,
    "SQLITE_INTERNAL": 2,
    "SQLITE_PERM": 3,
    "SQLITE_ABORT": 4,
    "SQLITE_BUSY": 5,
    "SQLITE_LOCKED": 6,
    "SQLITE_NOMEM": 7,
    "SQLITE_READONLY": 8,
    "SQLITE_INTERRUPT": 9,
    "SQLITE_IOERR": 10,
    "SQLITE_CORRUPT": 11,
    "SQLITE_NOTFOUND": 12,
    "SQLITE_FULL": 13,
    "SQLITE_CANTOPEN": 14,
    "SQLITE_PROTOCOL": 15,
    "SQLITE_EMPTY": 16,
    "SQLITE_SCHEMA": 17,
    "SQLITE_TOOBIG": 18,
    "SQLITE_CONSTRAINT": 19,
    "SQLITE_MISMATCH": 20,
    "SQLITE_MISUSE": 21,
    "SQLITE_NOLFS": 22,
    "SQLITE_AUTH": 23,
    "SQLITE_RANGE": 25,
    "SQLITE_NOTADB": 26,
    "SQLITE_ERROR_MISSING_COLLSEQ": 257,
    "SQLITE_ABORT_ROLLBACK": 516,
    "SQLITE_BUSY_RECOVERY": 261,
    "SQLITE_BUSY_SNAPSHOT": 517,
    "SQLITE_READONLY_RECOVERY": 264,
    "SQLITE_READONLY_CANTLOCK": 520,
    "SQLITE_READONLY_ROLLBACK": 776,
    "SQLITE_READONLY_DBMOVED": 1032,
    "SQLITE_READONLY_CANTINIT": 1288,
    "SQLITE_READONLY_DIRECTORY": 1544,
    "SQLITE_IOERR_READ": 266,
    "SQLITE_IOERR_SHORT_READ": 522,
    "SQLITE_IOERR_WRITE": 778,
    "SQLITE_IOERR_FSYNC": 1034,
    "SQLITE_IOERR_DIR_FSYNC": 1290,
    "SQLITE_IOERR_TRUNCATE": 1546,
    "SQLITE_IOERR_FSTAT": 1802,
    "SQLITE_IOERR_UNLOCK": 2058,
    "SQLITE_IOERR_RDLOCK": 2314,
    "SQLITE_IOERR_DELETE": 2570,
    "SQLITE_IOERR_ACCESS": 3338,
    "SQLITE_IOERR_LOCK": 3850,
    "SQLITE_IOERR_SHMOPEN": 4618,
    "SQLITE_IOERR_SHMSIZE": 4874,
    "SQLITE_IOERR_SHMMAP": 5386,
    "SQLITE_CORRUPT_INDEX": 779,
    "SQLITE_CANTOPEN_NOTEMPDIR": 270,
    "SQLITE_CANTOPEN_ISDIR": 526,
    "SQLITE_CONSTRAINT_CHECK": 275,
    "SQLITE_CONSTRAINT_COMMITHOOK": 531,
    "SQLITE_CONSTRAINT_FOREIGNKEY": 787,
    "SQLITE_CONSTRAINT_FUNCTION": 1043,
    "SQLITE_CONSTRAINT_NOTNULL": 1299,
    "SQLITE_CONSTRAINT_PRIMARYKEY": 1555,
    "SQLITE_CONSTRAINT_TRIGGER": 1811,
    "SQLITE_CONSTRAINT_UNIQUE": 2067,
    "SQLITE_CONSTRAINT_VTAB": 2323,
    "SQLITE_CONSTRAINT_ROWID": 2579,
    "SQLITE_CONSTRAINT_PINNED": 2835,
    "SQLITE_CONSTRAINT_DATATYPE": 3091,
}
"""Every result code that the project can report, by name."""

_NAMES: Final[dict[int, str]] = {code: name for name, code in CODES.items()}


class Warning(Exception):
    """PEP 249's Warning."""


class Error(Exception):
    """The base of every database error.

    Attributes:
        message: the text, as SQLite words it.
        code: the name of the extended result code, ``SQLITE_CONSTRAINT_UNIQUE`` for example; "" where the interface
            complains, and not SQLite.
        sqlite_errorcode: the extended result code, where there is one.
        sqlite_errorname: its name, likewise.
        sql: the SQL text that the error is about, or None.
        offset: where in ``sql`` it is, in characters from 0, or -1 when no place is known.
        length: how many characters from ``offset`` on are meant (0 for a point).
        hint: one more line for a person ("did you mean …", "expected one of …"), or None.
    """

    sqlite_errorcode: int
    sqlite_errorname: str

    def __init__(self, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code: Final = code
        if code:
            self.sqlite_errorname = code
            self.sqlite_errorcode = CODES[code]
        self.sql: str | None = None
        self.offset = -1
        self.length = 0
        self.hint: str | None = None

    def at(self, offset: int, length: int = 0, sql: str | None = None) -> Error:
        """Place the error in its SQL text (the first place given stays) and return it."""
        if self.offset < 0:
            self.offset = offset
            self.length = length
        if sql is not None and self.sql is None:
            self.sql = sql
        return self

    def move_to(self, sql: str, start: int, part: str) -> None:
        """Place an error about a part of a text in the whole text; one about another text stays as it is.

        Args:
            start: where in ``sql`` the part begins.
        """
        if self.sql == part:
            self.sql = sql
            self.offset += start if self.offset >= 0 else 0


class InterfaceError(Error):
    """The interface was used wrongly, rather than the database."""


class DatabaseError(Error):
    """An error of the database itself."""


class DataError(DatabaseError):
    """A value is out of its range, or too big."""


class OperationalError(DatabaseError):
    """The statement cannot be carried out: wrong SQL, a lock, a full disk, an interrupt."""


class IntegrityError(DatabaseError):
    """A constraint or a column's type does not hold."""


class InternalError(DatabaseError):
    """The engine found itself in a state that should not exist: a bug, not a user's mistake."""


class ProgrammingError(DatabaseError):
    """A call that makes no sense: a closed connection, the wrong number of parameters."""


class NotSupportedError(OperationalError):
    """Something that this version does not do yet; through its base it is the DatabaseError that PEP 249 wants."""


for _public in (
    Warning,
    Error,
    InterfaceError,
    DatabaseError,
    DataError,
    OperationalError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    NotSupportedError,
):
    _public.__module__ = "foundrydb"  # where users find them, and what tracebacks call them by


class CorruptError(DatabaseError):
    """The file is damaged.

    Attributes:
        page: the number of the page where the damage was met, 0 when it is not one page's.
        detail: what is wrong with it.
    """

    def __init__(self, detail: str = "", page: int = 0, code: str = "SQLITE_CORRUPT") -> None:
        where = f" (page {page}: {detail})" if page else f" ({detail})" if detail else ""
        super().__init__("database disk image is malformed" + where, code)
        self.page = page
        self.detail = detail


_CLASSES: Final[dict[str, type[Error]]] = {
    "SQLITE_INTERNAL": InternalError,
    "SQLITE_NOTFOUND": InternalError,
    "SQLITE_ERROR": OperationalError,
    "SQLITE_PERM": OperationalError,
    "SQLITE_ABORT": OperationalError,
    "SQLITE_BUSY": OperationalError,
    "SQLITE_LOCKED": OperationalError,
    "SQLITE_READONLY": OperationalError,
    "SQLITE_INTERRUPT": OperationalError,
    "SQLITE_IOERR": OperationalError,
    "SQLITE_FULL": OperationalError,
    "SQLITE_CANTOPEN": OperationalError,
    "SQLITE_PROTOCOL": OperationalError,
    "SQLITE_EMPTY": OperationalError,
    "SQLITE_SCHEMA": OperationalError,
    "SQLITE_CORRUPT": DatabaseError,
    "SQLITE_TOOBIG": DataError,
    "SQLITE_CONSTRAINT": IntegrityError,
    "SQLITE_MISMATCH": IntegrityError,
    "SQLITE_MISUSE": InterfaceError,
    "SQLITE_RANGE": InterfaceError,
}


def error(message: str, code: str = "SQLITE_ERROR") -> Error:
    """The error of the class that belongs to ``code`` (a name of ``CODES``), ready to raise.

    Bytes of a text that are no UTF-8 are told as U+FFFD, one for those that begin a character.
    """
    if not message.isascii():
        # Halves of surrogate pairs stand for bytes, or for nothing.
        known = ["\ufffd" if "\ud800" <= c < "\udc80" or "\udcff" < c <= "\udfff" else c for c in message]
        message = "".join(known).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    primary = _NAMES[CODES[code] & 0xFF]
    return _CLASSES.get(primary, DatabaseError)(message, code)


def not_loaded(cause: BaseException) -> Error:
    """The error for a part of the engine whose file cannot be opened when it is first needed.

    Modules are loaded late, and may meet a process that has no file descriptor left.
    """
    return error(f"unable to open database file (a part of the engine: {cause})", "SQLITE_CANTOPEN")


def no_such_module(name: str) -> Error:
    """The error for a virtual table's module: there are none yet, and SQLite has a word for that."""
    return error(f"no such module: {name}")


def unsupported_nulls(nulls: str) -> Error:
    """The refusal of NULLS FIRST or LAST, as ``nulls`` says, in a list that is no order but a key."""
    return error(f"unsupported use of NULLS {nulls}")


def not_supported(what: str) -> NotSupportedError:
    """The refusal of a part of the language that later stages do not run yet."""
    return NotSupportedError(f"not supported yet: {what}", "SQLITE_ERROR")
