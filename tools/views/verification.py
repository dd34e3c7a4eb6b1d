"""Whether a database is what it should be: its header, log, trees, freelist and pointer map, its rows and indexes.

The log is looked at first, before anybody opens the database; then PRAGMA integrity_check tells the rest, in SQLite's
words.  Where the schema cannot be read, the trees that can be found are checked without it.  Nothing is repaired.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foundrydb.errors import Error
from foundrydb.storage.check.integrity import integrity_check
from foundrydb.storage.format.header import META_LARGEST_ROOT
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.logs.log_survey import LogSurvey, survey_log
from foundrydb.tools.views.logs.log_text import JOURNAL_STATES, counts_text
from foundrydb.tools.views.pages.survey import Survey
from foundrydb.tools.views.pages.tree_schema import TreeSchemas

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

HEADER: Final = "header"
LOG: Final = "log"
FREELIST: Final = "freelist"
POINTER_MAP: Final = "pointer map"
TREES: Final = "trees"
ROWS: Final = "rows and indexes"
PARTS: Final = (HEADER, LOG, FREELIST, POINTER_MAP, TREES, ROWS)

_TREE: Final = re.compile(r"Tree \d+ page (\d+)(?: cell (\d+))?")
_PAGE: Final = re.compile(r"(?:[Pp]age|key=|number) ?(\d+)")
_ROW: Final = re.compile(r"row (-?\d+) missing from index (.+)", re.DOTALL)
_INDEX: Final = re.compile(r"(?:wrong # of entries|non-unique entry) in index (.+)", re.DOTALL)
_TABLE: Final = re.compile(
    r"(?:NULL value in|CHECK constraint failed in|TEXT value in|NUMERIC value in) ([^.]+)"
)


class DatabaseFault(NamedTuple):
    """Something that is wrong.

    Attributes:
        part: one of ``PARTS``.
        page: where, 0 for no page of its own.
        command: what shows it, "" for nothing.
    """

    part: str
    text: str
    page: int
    command: str


class Verification:
    """What came of looking.

    Attributes:
        notes: what a part was found to be where nothing is wrong with it; a part without a note was not looked at.
        faults: what is wrong.
    """

    def __init__(self, path: str) -> None:
        self.path: Final = path
        self.notes: Final[dict[str, str]] = {}
        self.faults: Final[list[DatabaseFault]] = []

    def add(self, part: str, text: str, page: int = 0, command: str = "", file: str = "") -> None:
        """Note a fault; the command is completed with the file."""
        words = command.split(" ", 1) if command else []
        name = shlex.quote(file or self.path)
        full = " ".join(["fdb", words[0], name, *words[1:]]) if words else ""
        self.faults.append(DatabaseFault(part, text, page, full))

    def of(self, part: str) -> list[DatabaseFault]:
        """The faults of a part."""
        return [fault for fault in self.faults if fault.part == part]


def verify(path: str, connect: Callable[[], Connection], limit: int) -> Verification:
    """Look at everything.

    Args:
        connect: opens the database for reading.
        limit: how many faults of the database to tell at most.

    Raises:
        Error: there is no such file, or it cannot be looked at now.
    """
    result = Verification(path)
    _verify_log(result, survey_log(path, 2))
    try:
        connection = connect()
        try:
            _verify_database(result, connection, limit)
        finally:
            connection.close()
    except Error as problem:
        if problem.code.startswith("SQLITE_NOTADB"):
            result.add(HEADER, problem.message)
        elif problem.code.startswith("SQLITE_CORRUPT"):
            result.add(TREES, problem.message)
        elif result.faults:  # a journal that must be undone first, say
            result.notes[TREES] = f"not looked at: {problem.message}"
        else:
            raise
    return result


# the log ------------------------------------------------------------------------------------------------------


def _verify_log(result: Verification, survey: LogSurvey) -> None:
    notes = []
    journal, log, index = survey.journal, survey.log, survey.index
    if journal is not None:
        state = survey.journal_state
        if state in ("hot", "stray"):
            result.add(LOG, f"the journal is {JOURNAL_STATES[state]}", 0, "dump-log", journal.path)
        if state == "hot":
            for fault in journal.faults:
                result.add(
                    LOG, f"journal, offset {fault.offset:,}: {fault.text}", 0, "dump-log", journal.path
                )
        notes.append(f"a journal, {state}")
    if log is not None:
        told = int(index.header.last_frame) if index is not None and index.header is not None else 0
        used = index is not None and bool(index.in_use)
        if used and told > log.committed and not log.changed:
            text = f"its index tells of {plural(told, 'frame')}, of which {log.committed:,} can be read"
            result.add(LOG, text, 0, "dump-log", log.path)
        if not used:
            for fault in log.faults:
                text = f"write-ahead log, offset {fault.offset:,}: {fault.text}"
                result.add(LOG, text, 0, "dump-log", log.path)
        notes.append(f"a write-ahead log, {counts_text(log)}")
    result.notes[LOG] = "; ".join(notes) or "none"


# the database -------------------------------------------------------------------------------------------------


def _verify_database(result: Verification, connection: Connection, limit: int) -> None:
    count = _look_at_header(result, connection)
    schemas = TreeSchemas(connection)
    if schemas.fault:
        found = _PAGE.search(schemas.fault)
        page = int(found[1]) if found is not None and int(found[1]) <= count else 1
        result.add(ROWS, f"the schema cannot be read: {schemas.fault}", page, f"dump-page {page}")
        messages = _without_schema(result, connection, limit)
    else:
        messages = _with_schema(result, connection, limit)
    trees = "" if schemas.fault else f"{plural(len(schemas.by_root), 'tree')} on "
    result.notes[TREES] = f"ok, {trees}{plural(count, 'page')}"
    for message in messages:
        _place(result, message, schemas, count)
    if len(messages) >= limit:
        for part in (FREELIST, POINTER_MAP, TREES, ROWS):
            result.notes[part] = f"nothing among the first {plural(limit, 'fault')}"


def _look_at_header(result: Verification, connection: Connection) -> int:
    """Note whether there is a pointer map; the number of pages."""
    database = connection.engine.attached.database(0)
    survey = Survey(database, result.path)
    try:
        count = int(survey.pager.page_count)
        mapped = count > 0 and database.get_meta(META_LARGEST_ROOT) != 0
    finally:
        survey.close()
    result.notes[HEADER] = "ok"
    result.notes[POINTER_MAP] = "ok" if mapped else "none"
    return count


def _with_schema(result: Verification, connection: Connection, limit: int) -> list[str]:
    """Ask for everything; where a page that cannot be read ends the answer, for what concerns pages."""
    try:
        rows = connection.execute(f"PRAGMA integrity_check({limit})").fetchall()
    except Error as problem:
        result.notes[ROWS] = f"not all looked at: {problem.message}"
        return _without_schema(result, connection, limit) or [problem.message]
    result.notes[FREELIST] = result.notes[ROWS] = "ok"
    return [line for row in rows for line in _messages(str(row[0])) if line != "ok"]


def _without_schema(result: Verification, connection: Connection, limit: int) -> list[str]:
    """Check the trees that the schema table names, where it can be read, else the schema table alone."""
    survey = Survey(connection.engine.attached.database(0), result.path)
    try:
        try:
            roots = [root.page for root in survey.roots()]
        except Error:
            return integrity_check(survey.database, [1], limit, check_header=False)
        result.notes[FREELIST] = "ok"
        return integrity_check(survey.database, roots, limit)
    finally:
        survey.close()


def _messages(text: str) -> list[str]:
    """The faults in a row of the answer, which may begin with a line that names the database."""
    lines = text.split("\n")
    return lines[1:] if lines[0].startswith("***") else [text]


def _place(result: Verification, message: str, schemas: TreeSchemas, count: int) -> None:
    """Add a fault with its part, its page and the command that shows it."""
    part = _part(message)
    if part == ROWS:
        result.add(part, message, 0, _row_command(message, schemas))
        return
    tree = _TREE.search(message)
    if tree is not None:
        cell = f" --cell {tree[2]}" if tree[2] else ""
        result.add(part, message, int(tree[1]), f"dump-page {tree[1]}{cell}")
        return
    found = _PAGE.search(message)
    page = int(found[1]) if found is not None else 1
    if not 1 <= page <= count:
        page = 1  # which names the page that is not there, or leads to where it is named
    result.add(part, message, page, f"dump-page {page}")


def _part(message: str) -> str:
    if "ptr map" in message or "ptrmap" in message or "pointer map" in message:
        return POINTER_MAP
    if message.startswith("Freelist"):
        return FREELIST
    known = ("Tree ", "Page ", "max rootpage", "incremental_vacuum", "Fragmentation", "Multiple uses")
    return TREES if message.startswith(known) else ROWS


def _row_command(message: str, schemas: TreeSchemas) -> str:
    row = _ROW.match(message)
    if row is not None:
        index = schemas.named(row[2])
        table = schemas.named(index.table) if index is not None else None
        if table is not None and table.key is None:
            return f"find-row {shlex.quote(table.name)} {row[1]}"
    named = row[2] if row is not None else ""
    for pattern in (_INDEX, _TABLE):
        found = pattern.match(message)
        if found is not None:
            named = found[1]
    return f"dump-tree --format text --table {shlex.quote(named)}" if named else ""


# text and JSON ------------------------------------------------------------------------------------------------


def verification_text(result: Verification) -> str:
    """Each part, and its faults below it."""
    lines = []
    for part in PARTS:
        faults = result.of(part)
        note = plural(len(faults), "fault") if faults else result.notes.get(part, "not looked at")
        lines.append(f"{part + ':':<18} {note}")
        for fault in faults:
            lines.append(f"  {fault.text}")
            if fault.command:
                lines.append(f"    {fault.command}")
    return "\n".join(lines) + "\n"


def verification_json(result: Verification) -> str:
    """The same as JSON."""
    document: dict[str, Any] = {
        "path": result.path,
        "ok": not result.faults,
        "parts": {part: result.notes.get(part) for part in PARTS},
        "faults": [
            {
                "part": fault.part,
                "fault": fault.text,
                "page": fault.page or None,
                "command": fault.command or None,
            }
            for fault in result.faults
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
