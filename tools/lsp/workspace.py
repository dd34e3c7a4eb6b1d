"""What the server knows beside the text in front of it: a database, the folder's files, the documents that are open.

The schema with which a document begins is that of the database file, if one is given, and of the CREATE and ALTER
statements in the folder's other ``.sql`` files, in the order of their names.  Files and database are looked at again
when they have changed.  A database that cannot be read (missing, locked, damaged) is told of once, and done without.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from foundrydb.api.connection import Connection, connect
from foundrydb.errors import Error
from foundrydb.toolkit.problems import INFORMATION
from foundrydb.toolkit.rehearsal import OF_SCHEMA, Rehearsal
from foundrydb.tools.lsp.documents import OpenDocument
from foundrydb.tools.lsp.schemas import Course, FirstSchema, StoredSchema

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.tools.lsp.documents import StatementPiece

MOST_FILES: Final = 500
"""How many files of a folder are read."""

_REST: Final = 1.0
"""For how many seconds files are taken to be as they were."""

LARGEST_FILE: Final = 2_000_000
"""The size from which on a file of the folder is left aside, in bytes."""

_SKIPPED_FOLDERS: Final = frozenset(["node_modules", "build", "dist", "target", "venv", "__pycache__"])

Signature = tuple[tuple[str, int, int], ...]


class _Key(NamedTuple):
    """What the schema is made of with which a document begins.

    Attributes:
        stored: the number of the database's.
        others: by the paths of other files, the statements by which they make something.
    """

    stored: int
    others: dict[str, list[str]]


class Workspace:
    """The folders, the database and the open documents of a session.

    Args:
        database: a database file, None for none.
        tell: is given what the user should know.

    Attributes:
        roots: the folders.
        texts: the open documents, by path.
    """

    def __init__(self, database: str | None, tell: Callable[[str], None]) -> None:
        self.database = database
        self.roots: list[Path] = []
        self.texts: Final[dict[str, OpenDocument]] = {}
        self._tell: Final = tell
        self._files: Final[dict[str, tuple[Signature, OpenDocument]]] = {}
        self._courses: Final[dict[str, Course]] = {}
        self._keys: Final[dict[str, _Key]] = {}
        self._looked: Final[dict[str, float]] = {}
        self._model: Connection | None = None
        self._stored: StoredSchema | None = None
        self._reads: Final = count()
        self._told = ""
        self._signature: Signature | None = None

    def close(self) -> None:
        """Let go of everything."""
        for path in list(self._courses):
            self._forget(path)
        self._drop_database()

    # documents ----------------------------------------------------------------------------------------------

    def open(self, path: str, text: str) -> OpenDocument:
        """A document is open from here on, or has another text."""
        document = self.texts.get(path)
        if document is None:
            document = self.texts[path] = OpenDocument(text)
        else:
            document.change(text)
        return document

    def shut(self, path: str) -> None:
        """A document is open no more."""
        self.texts.pop(path, None)
        self._forget(path)

    def course(self, path: str) -> Course:
        """An open document with the schemas along it; whether files have changed is looked up once a second."""
        known = self._courses.get(path)
        now = monotonic()
        if (
            known is not None
            and known.document is self.texts[path]
            and now - self._looked.get(path, 0) < _REST
        ):
            return known
        self._looked[path] = now
        stored = self._database()
        others = self._made_by_others(path)
        key = _Key(stored.number, {other: _codes(making) for other, making in others.items()})
        if known is not None and self._keys[path] == key and known.document is self.texts[path]:
            return known
        self._forget(path)
        made = Course(self.texts[path], _first_schema(stored, others))
        self._courses[path] = made
        self._keys[path] = key
        return made

    def concerned_by(self, path: str) -> list[str]:
        """The open documents that have been looked at with another schema than what a file makes now."""
        document = self.texts.get(path) or (self._file(path) if path in self._paths() else None)
        codes = _codes(document.making if document is not None else [])
        found = [other for other in self._courses if other != path]
        found = [other for other in found if self._keys[other].others.get(path, []) != codes]
        for other in found:
            self._looked.pop(other, None)
        return found

    def course_of(self, path: str, document: OpenDocument) -> Course:
        """As ``course``, of a file of the folder too: the schemas along it are not kept."""
        if self.texts.get(path) is document:
            return self.course(path)
        return Course(document, _first_schema(self._database(), self._made_by_others(path)))

    def errors_of(self, texts: dict[str, str]) -> int:
        """How many errors files have, if these are their texts and there are no others."""
        trial = Workspace(self.database, lambda message: None)
        try:
            for path, text in texts.items():
                trial.open(path, text)
            found = 0
            for path, document in trial.texts.items():
                for _ in trial.course(path).check(rules=False):
                    pass
                shown = [each for piece in document.pieces for each in piece.problems + piece.late_problems]
                found += sum(each.severity != INFORMATION for each in shown)
            return found
        finally:
            trial.close()

    def look_again(self) -> list[str]:
        """Files may have changed: the open documents that have another schema before them by it."""
        self._looked.clear()
        before = dict(self._courses)
        return [path for path in self.texts if self.course(path) is not before.get(path)]

    def has_schema(self, path: str) -> bool:
        """Whether anything is known of a schema: without, a missing table says little."""
        if self._model is not None or (path in self._keys and self._keys[path].others):
            return True
        document = self.texts.get(path)
        return document is not None and any(isinstance(each.statement, OF_SCHEMA) for each in document.pieces)

    def _forget(self, path: str) -> None:
        course = self._courses.pop(path, None)
        if course is not None:
            course.close()

    # the folder ---------------------------------------------------------------------------------------------

    def documents(self) -> Iterator[tuple[str, OpenDocument]]:
        """The open documents and the folder's other files, by path."""
        paths = dict.fromkeys([*self.texts, *self._paths()])
        for path in sorted(paths):
            document = self.texts.get(path) or self._file(path)
            if document is not None:
                yield path, document

    def _paths(self) -> list[str]:
        found: list[str] = []
        for root in self.roots:
            for folder, inner, names in os.walk(root):
                inner[:] = sorted(n for n in inner if not n.startswith(".") and n not in _SKIPPED_FOLDERS)
                found += [
                    os.path.join(folder, name) for name in sorted(names) if name.lower().endswith(".sql")
                ]
                if len(found) >= MOST_FILES:
                    return found[:MOST_FILES]
        return found

    def _file(self, path: str) -> OpenDocument | None:
        """A file of the folder, read anew where it has changed; None where it cannot be read."""
        signature = _signature(path)
        known = self._files.get(path)
        if known is not None and known[0] == signature:
            return known[1]
        if not signature or signature[0][2] > LARGEST_FILE or not os.path.isfile(path):
            return None  # reading a pipe would wait for whoever writes to it
        try:
            text = Path(path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return None
        document = OpenDocument(text)
        self._files[path] = (signature, document)
        return document

    def _made_by_others(self, path: str) -> dict[str, list[StatementPiece]]:
        """The statements by which other files make something, by their paths."""
        found = {other: document.making for other, document in self.documents() if other != path}
        return {other: making for other, making in found.items() if making}

    # the database -------------------------------------------------------------------------------------------

    def _database(self) -> StoredSchema:
        """The schema of the database as it is now, or was before somebody locked it; an empty one for none."""
        signature = () if self.database is None else _signature(self.database, "-wal", "-journal")
        if self._stored is None or signature != self._signature:
            self._signature = signature
            state = self._read_database()
            if state is not None or self._signature is not None or self._stored is None:
                self._drop_database()
                self._model = None if state is None else state.model
                self._stored = StoredSchema(state or Rehearsal(), next(self._reads))
        return self._stored

    def _read_database(self) -> Rehearsal | None:
        """The schema of the database; None where there is none, or it cannot be read, which is told once.

        Where it is locked, it is tried again at the next look.
        """
        if self.database is None:
            return None
        model: Connection | None = None
        try:
            if os.path.exists(self.database) and not os.path.isfile(self.database):
                raise Error("it is no file")
            address = f"file:{quote(os.path.abspath(self.database))}?mode=ro"
            model = connect(address, timeout=0.1, uri=True, check_same_thread=False)
            state = Rehearsal(model)
        except Error as failure:
            if model is not None:
                model.close()
            if failure.code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                self._signature = None
            if failure.message != self._told:
                self._tell(f"{self.database}: {failure.message}")
            self._told = failure.message
            return None
        self._told = ""
        return state

    def _drop_database(self) -> None:
        if self._model is not None:
            with suppress(Error):
                self._model.close()
        self._model = None
        self._stored = None


def _codes(making: list[StatementPiece]) -> list[str]:
    return [piece.code for piece in making]


def _first_schema(stored: StoredSchema, others: dict[str, list[StatementPiece]]) -> FirstSchema:
    return FirstSchema(stored, [piece for making in others.values() for piece in making])


def _signature(path: str, *suffixes: str) -> Signature:
    """What tells that a file, or one beside it, has changed."""
    found = []
    for suffix in ("", *suffixes):
        with suppress(OSError, ValueError):
            status = os.stat(path + suffix)
            found.append((suffix, status.st_mtime_ns, status.st_size))
    return tuple(found)
