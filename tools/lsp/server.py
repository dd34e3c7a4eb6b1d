"""An editor's server: its documents, the way from the protocol's places to offsets and back, and diagnostics.

The requests are in ``requests``.  A change of a text is taken over at once.  What is wrong with it
is worked out a moment later, when the next key is not there yet, in slices between which requests are answered.
(https://microsoft.github.io/language-server-protocol/)
"""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.uris import from_fs_path, to_fs_path

from foundrydb import __version__
from foundrydb.tools.lsp.documents import OpenDocument
from foundrydb.tools.lsp.positions import Lines
from foundrydb.tools.lsp.publications import Publication, Shown
from foundrydb.tools.lsp.references import NamePlace
from foundrydb.tools.lsp.sights import EditorSight
from foundrydb.tools.lsp.workspace import Workspace

PAUSE: Final = 0.02
"""How long a text has to rest before it is checked, in seconds."""

OTHERS: Final = 0.3
"""How long a document has to rest before others are checked that speak of what it makes, in seconds."""

SLICE: Final = 0.002
"""How long is worked on a text before the loop of events goes on, in seconds; a message takes it some ten rounds."""

PUBLISHED: Final = 0.01
"""How long after the first statement what has been found is shown, though not all has been looked at."""

QUIET: Final = 20.0
"""After how long without a key all objects are looked through for garbage, in seconds (``requests.serve``)."""


class SqlProtocol(LanguageServerProtocol):
    """The protocol, with an answer to requests whose parameters are none."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message of the client's as an object.

        Raises:
            JsonRpcException: it is none; where it is a request the client has been told.
        """
        try:
            return super().structure_message(data)
        except JsonRpcException as problem:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=problem.to_response_error())
            raise

    def publish_diagnostics(self, address: str, found: list[Shown], version: int | None) -> None:
        """Tell the client what is wrong with a document; ``found`` goes out as it is."""
        params = {"uri": address, "diagnostics": found} | ({} if version is None else {"version": version})
        method = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        self._send_data({"jsonrpc": self.VERSION, "method": method, "params": params})


class SqlServer(LanguageServer):
    """The server of one session.

    Args:
        database: the database whose schema counts, None for none.

    Attributes:
        files: the documents, the folder, the database.
        versions, addresses: of the open documents, by path.
        edited: the path of the document that was opened or changed last.
    """

    protocol: SqlProtocol

    def __init__(self, database: str | None) -> None:
        super().__init__("fdb", __version__, protocol_cls=SqlProtocol)
        self.files: Final = Workspace(database, self.tell)
        self.versions: Final[dict[str, int | None]] = {}
        self.addresses: Final[dict[str, str]] = {}
        self.edited = ""
        self._lines: Final[dict[str, tuple[str, Lines]]] = {}
        self._checks: Final[dict[str, asyncio.Task[None]]] = {}
        self._publications: Final[dict[str, Publication]] = {}
        self._tidying: asyncio.TimerHandle | None = None

    def tell(self, message: str) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def report_server_error(self, error: Exception, source: object) -> None:
        """A request could not be answered: that is noted in the log, in one line, unless the client was told why."""
        if isinstance(error, JsonRpcInternalError) or not isinstance(error, JsonRpcException):
            logging.getLogger("fdb.lsp").error("%s: %s", type(error).__name__, error)

    # places -------------------------------------------------------------------------------------------------

    def encoding(self) -> str:
        """What the client counts characters in."""
        chosen = self.protocol.server_capabilities.position_encoding
        return "utf-16" if chosen is None else str(getattr(chosen, "value", chosen))

    def lines(self, path: str, document: OpenDocument) -> Lines:
        """The lines of a document, counted anew when it has changed."""
        known = self._lines.get(path)
        if known is None or known[0] is not document.text:
            known = self._lines[path] = (document.text, Lines(document.text, self.encoding()))
        return known[1]

    def range(self, lines: Lines, start: int, end: int) -> types.Range:
        """A place as the protocol has it."""
        return types.Range(types.Position(*lines.place(start)), types.Position(*lines.place(end)))

    def address(self, path: str) -> str:
        """The address of a document, as the client writes it where it has opened it."""
        known = self.addresses.get(path)
        return known or (from_fs_path(path) if Path(path).is_absolute() else None) or path

    def document(self, uri: str) -> tuple[str, OpenDocument] | None:
        """An open document and its path; None for one that is not open."""
        path = path_of(uri)
        document = self.files.texts.get(path)
        return None if document is None else (path, document)

    def sight(self, uri: str, position: types.Position) -> tuple[str, Lines, EditorSight] | None:
        """What is at a place of an open document."""
        found = self.document(uri)
        if found is None:
            return None
        path, document = found
        lines = self.lines(path, document)
        offset = lines.offset(position.line, position.character)
        return path, lines, EditorSight(self.files.course(path), offset)

    def forget(self, path: str) -> None:
        """A document is open no more."""
        self.files.shut(path)
        self.versions.pop(path, None)
        self.addresses.pop(path, None)
        self._lines.pop(path, None)
        self._publications.pop(path, None)
        check = self._checks.pop(path, None)
        if check is not None:
            check.cancel()

    def location(self, place: NamePlace) -> types.Location | None:
        """A place in any file."""
        for path, document in self.files.documents():
            if path == place.path:
                return types.Location(
                    self.address(path), self.range(self.lines(path, document), place.start, place.end)
                )
        return None

    # diagnostics --------------------------------------------------------------------------------------------

    def check_soon(self, path: str, pause: float = PAUSE) -> None:
        """Have a document checked once it rests."""
        running = self._checks.pop(path, None)
        if running is not None:
            running.cancel()
        loop = asyncio.get_running_loop()
        self._checks[path] = loop.create_task(self._check(path, pause))
        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = loop.call_later(QUIET, gc.collect)

    def check_others(self, path: str) -> None:
        """Have the documents checked that what a file makes may concern, where that has changed."""
        for other in self.files.concerned_by(path):
            self.check_soon(other, OTHERS)

    async def _check(self, path: str, pause: float) -> None:
        await asyncio.sleep(pause)
        while path in self.files.texts and not await self._checked(path):
            pass
        if path in self.files.texts:
            self.publish(path)
            self.check_others(path)

    async def _checked(self, path: str) -> bool:
        """Check a document; False where another schema has come before it meanwhile."""
        begun = sliced = perf_counter()
        published = False
        course = self.files.course(path)
        with closing(course.check()) as steps:
            for first, _ in enumerate(steps):
                now = perf_counter()
                begun = begun if first else now
                if not published and path == self.edited and now - begun > PUBLISHED:
                    self.publish(path, whole=False)
                    published = True
                if now - sliced > SLICE:
                    await self._give_way(path)
                    sliced = perf_counter()
                if course.closed:
                    return False
        return True

    async def _give_way(self, path: str) -> None:
        """Let the loop of events go on, and the document be checked first in which somebody types."""
        await asyncio.sleep(0)
        edited = self._checks.get(self.edited)
        while self.edited != path and edited is not None and not edited.done():
            await asyncio.sleep(PAUSE)
            edited = self._checks.get(self.edited)

    def publish(self, path: str, whole: bool = True) -> None:
        """Tell the client what is wrong with a document; its version is told where all of it has been looked at."""
        document = self.files.texts.get(path)
        if document is None:
            return
        lines = self.lines(path, document)
        silent = not self.files.has_schema(path)
        publication = self._publications.setdefault(path, Publication())
        found = publication.of(self.files.course(path), lines, silent)
        version = self.versions.get(path) if whole else None
        self.protocol.publish_diagnostics(self.address(path), found, version)


def path_of(uri: str) -> str:
    """The path of a document; an address that is no file stands for itself."""
    try:
        path = to_fs_path(uri) if uri.startswith("file:") else None
    except (ValueError, TypeError):
        path = None
    return path or uri
