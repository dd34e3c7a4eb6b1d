"""A session with ``fdb lsp`` as an editor has it: pygls' own client, over standard input and output of a process."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from lsprotocol import types
from pygls.lsp.client import LanguageClient

T = TypeVar("T")

WAIT = 60.0
"""How long an answer may take, in seconds."""

CURSOR = "‸"
"""Stands in a text where a request is about."""


class Session:
    """An open session.

    Attributes:
        client: the client.
        folder: the folder that is open.
        found: the last diagnostics of each document, by address.
        messages: what the user was shown.
        counts: how often diagnostics of each document have come.
        watched: what files the server wants to be told of.
    """

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.found: dict[str, list[types.Diagnostic]] = {}
        self.messages: list[str] = []
        self.counts: Counter[str] = Counter()
        self.watched: list[str] = []
        self._versions: dict[str, int] = {}
        self._published: dict[str, int | None] = {}
        self._news = asyncio.Event()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def published(self, params: types.PublishDiagnosticsParams) -> None:
        self.counts[params.uri] += 1
        self.found[params.uri] = list(params.diagnostics)
        self._published[params.uri] = params.version
        self._news.set()

    async def open(self, name: str, text: str) -> list[types.Diagnostic]:
        """Open a document; what is wrong with it."""
        uri = self.uri(name)
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, "sql", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.diagnostics(name)

    async def change(
        self, name: str, *changes: types.TextDocumentContentChangeEvent
    ) -> list[types.Diagnostic]:
        """Change a document; what is wrong with it then."""
        uri = self.uri(name)
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))
        return await self.diagnostics(name)

    async def diagnostics(self, name: str) -> list[types.Diagnostic]:
        """What is wrong with a document as it is now."""
        uri = self.uri(name)
        while self._published.get(uri) != self._versions[uri]:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), WAIT)
        return self.found[uri]

    async def until(self, name: str, *messages: str) -> None:
        """Wait until this is what is wrong with a document."""
        while [each.message.split("\n")[0] for each in self.found.get(self.uri(name), [])] != list(messages):
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), WAIT)

    async def at(self, name: str, marked: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        """A document with a text, and the place in it that is marked."""
        text = marked.replace(CURSOR, "")
        if self.uri(name) in self._versions:
            await self.change(name, types.TextDocumentContentChangeWholeDocument(text))
        else:
            await self.open(name, text)
        before = marked[: marked.index(CURSOR)]
        line = before.count("\n")
        column = len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2
        return types.TextDocumentIdentifier(self.uri(name)), types.Position(line, column)

    async def ask(self, answer: Awaitable[T]) -> T:
        return await asyncio.wait_for(answer, WAIT)


def whole(text: str) -> types.TextDocumentContentChangeWholeDocument:
    """The change to another text."""
    return types.TextDocumentContentChangeWholeDocument(text)


def part(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    """The change of a piece of a text."""
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


@asynccontextmanager
async def session(
    folder: Path,
    *arguments: str,
    encodings: list[str] | None = None,
    options: object = None,
    watching: bool = False,
) -> AsyncIterator[Session]:
    """A session on a folder, which ends as it should."""
    client = LanguageClient("test", "1")
    opened = Session(client, folder)

    def published(params: types.PublishDiagnosticsParams) -> None:
        opened.published(params)

    def shown(params: types.ShowMessageParams) -> None:
        opened.messages.append(params.message)

    def registered(params: types.RegistrationParams) -> None:
        for each in params.registrations:
            given = cast("Any", each.register_options)["watchers"]
            opened.watched += [watcher["globPattern"] for watcher in given]

    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(registered)
    client.feature(types.WINDOW_SHOW_MESSAGE)(shown)
    await client.start_io(sys.executable, "-m", "foundrydb", "lsp", *arguments)
    general = types.GeneralClientCapabilities(
        position_encodings=None if encodings is None else [types.PositionEncodingKind(e) for e in encodings]
    )
    asked = types.InitializeParams(
        types.ClientCapabilities(
            general=general,
            workspace=types.WorkspaceClientCapabilities(
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(watching)
            ),
        ),
        root_uri=folder.as_uri(),
        workspace_folders=[types.WorkspaceFolder(folder.as_uri(), "folder")],
        initialization_options=options,
    )
    await asyncio.wait_for(client.initialize_async(asked), WAIT)
    client.initialized(types.InitializedParams())
    try:
        yield opened
    finally:
        await asyncio.wait_for(client.shutdown_async(None), WAIT)
        client.exit(None)
        await asyncio.wait_for(cast("Awaitable[None]", client.stop()), WAIT)  # type: ignore[no-untyped-call]


def run(scenario: Callable[[], Awaitable[Any]]) -> None:
    """Run a scenario to its end."""
    asyncio.run(_whole(scenario))


async def _whole(scenario: Callable[[], Awaitable[Any]]) -> None:
    await scenario()
