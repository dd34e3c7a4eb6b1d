"""How long an editor waits: the time from a key to the diagnostics of the whole file, over the server's own pipes.

``python -m benchmarks.editor`` opens a script of 10,000 lines in ``fdb lsp``: tables, and queries with all sorts of
clauses, some of which are wrong.  Then it types in it: into a query in the middle, into the last one, into the first;
and it changes a CREATE TABLE, after which every statement behind it has to be looked at again.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from lsprotocol import types
from pygls.lsp.client import LanguageClient

QUERY = """
-- what was asked in case {i}
select c.name, count(*) as bells,
       max(b.weight) as heaviest
from customer_{k} c
join bell_{k} b on b.customer_id = c.id
where b.weight > {i} and c.town in ('Aarhus', 'Ribe')
group by c.name
having count(*) > 2
order by heaviest desc;
"""
TABLES = """
create table customer_{k}(id integer primary key, name text, town text);
create table bell_{k}(id integer primary key, customer_id integer references customer_{k}, weight real);
create index bell_{k}_customer on bell_{k}(customer_id);
"""


def script(lines: int) -> str:
    """A script of at least so many lines."""
    text = "".join(TABLES.format(k=k) for k in range(20))
    i = 0
    parts = [text]
    count = text.count("\n")
    while count < lines:
        part = QUERY.format(i=i, k=i % 20)
        if i % 50 == 49:
            part = part.replace("b.weight >", "b.wieght >")
        parts.append(part)
        count += part.count("\n")
        i += 1
    return "".join(parts)


class Editor:
    """A client that knows when diagnostics of a version have come."""

    def __init__(self) -> None:
        self.client = LanguageClient("benchmark", "1")
        self.version = 0
        self.uri = (Path(tempfile.mkdtemp()) / "script.sql").as_uri()
        self._told = asyncio.Event()
        self._published = asyncio.Event()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._take(params))

    def _take(self, params: types.PublishDiagnosticsParams) -> None:
        self._told.set()
        if params.version == self.version:
            self._published.set()

    async def start(self, server: list[str]) -> None:
        """Start the server."""
        await self.client.start_io(*server)
        await self.client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        self.client.initialized(types.InitializedParams())

    async def open(self, text: str) -> tuple[float, float]:
        """Open the document; the milliseconds until something is told of it, and until all is."""
        self.version = 1
        begun = perf_counter()
        item = types.TextDocumentItem(self.uri, "sql", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self._told.wait()
        told = 1000 * (perf_counter() - begun)
        await self._published.wait()
        return told, 1000 * (perf_counter() - begun)

    async def key(self, line: int, character: int, text: str, deleted: int = 0) -> float:
        """Type at a place; the milliseconds until the diagnostics come."""
        self.version += 1
        self._published.clear()
        begun = perf_counter()
        place = types.Range(types.Position(line, character), types.Position(line, character + deleted))
        change = types.TextDocumentContentChangePartial(place, text)
        document = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        await self._published.wait()
        return 1000 * (perf_counter() - begun)

    async def stop(self) -> None:
        """Leave."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]


async def measure(lines: int, keys: int, server: list[str]) -> None:
    """Print the times of each kind of change."""
    text = script(lines)
    rows = text.split("\n")
    editor = Editor()
    await editor.start(server)
    told = subprocess.run([*server[:-1], "--version"], capture_output=True, text=True, check=True).stdout
    print(f"{len(rows) - 1:,} lines, {len(text):,} characters; {told.strip()}")
    first, whole = await editor.open(text)
    print(f"{'opened: something is told':34} {first:8.1f} ms")
    print(f"{'opened: all is told':34} {whole:8.1f} ms")
    places = {
        "a query in the middle": len(rows) // 2,
        "the last query": len(rows) - 12,
        "the first query": 90,
    }
    for name, around in places.items():
        line = next(i for i in range(around, len(rows)) if rows[i].startswith("where"))
        times = []
        for i in range(keys):
            times.append(await editor.key(line, len(rows[line]) + i, "x"))
        await editor.key(line, len(rows[line]), "", keys)
        tell(name, times)
    line = next(i for i, row in enumerate(rows) if row.startswith("create table bell_10"))
    column = rows[line].index(")")
    tell("a table that half the file uses", [await editor.key(line, column, ", more") for _ in range(1)])
    await editor.stop()


def tell(name: str, times: list[float]) -> None:
    """Print a line."""
    print(f"{name:34} {statistics.median(times):8.1f} ms, at most {max(times):.1f}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--python", default=sys.executable, help="the interpreter whose server is measured")
    options = parser.parse_args()
    asyncio.run(measure(options.lines, options.keys, [options.python, "-m", "foundrydb", "lsp"]))


if __name__ == "__main__":
    main()
