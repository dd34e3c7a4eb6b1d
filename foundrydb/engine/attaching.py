"""ATTACH and DETACH: further databases of a connection.  https://sqlite.org/lang_attach.html"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.schema import Schema
from foundrydb.engine.opening import close_database, is_shared, open_database
from foundrydb.engine.options.constants import LIMITS
from foundrydb.engine.uri import parse_target
from foundrydb.errors import Error, error
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import MAIN, TEMP, Attached

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine
    from foundrydb.vm.machine import Machine


@final
class Detached:
    """What is kept of the database that was detached last: attached again, as it was, it needs nothing compiled anew.

    Attributes:
        schema: what was known of it.
        generation: the programs that were good with it.
        since: the generation that began when it was detached.
    """

    def __init__(self, schema: Schema, generation: int, since: int) -> None:
        self.schema: Final = schema
        self.generation: Final = generation
        self.since: Final = since


def attach(engine: Engine, file: str, name: str) -> None:
    """Add the database in a file to those of a connection.

    Raises:
        Error: the name is taken, or the file is no database of the connection's encoding, or cannot be read.
    """
    attached = engine.attached
    most = engine.preparer.limits.get(LIMITS["SQLITE_LIMIT_ATTACHED"])
    if len(attached.all) >= most + 2:
        raise error(f"too many attached databases - max {most}")
    if _named(engine, name) is not None:
        raise error(f"database {name} is already in use")
    database = _opened(engine, file)
    known = _known(engine, name)
    schema = Schema(name, len(attached.all)) if known is None else known.schema
    source = schema.source
    added = attached.append(name, database, schema)
    engine.detached = None
    try:
        engine.preparer.load_catalog()
    except BaseException:
        _take_away(engine, added)
        raise
    if known is not None and schema.source is source:
        attached.come_back(added, known.generation)


def _known(engine: Engine, name: str) -> Detached | None:
    """What is kept of the database that had this name, and the number that comes next, if no schema changed since."""
    last = engine.detached
    attached = engine.attached
    if last is None or last.since != attached.generation:
        return None
    same = last.schema.name == name and last.schema.number == len(attached.all)
    return last if same else None


def _opened(engine: Engine, file: str) -> Database:
    target = parse_target(file, engine.uri)
    if any(is_shared(target, database) for database in engine.attached.databases()):
        raise error("database is already attached")
    try:
        database = open_database(target, engine.vfs)
    except Error as problem:
        raise error(f"unable to open database: {file}", problem.code) from problem
    database.encoding = engine.attached.encoding
    main = engine.attached.database(MAIN).pager
    database.pager.spills = main.spills
    database.pager.secure_delete = main.secure_delete
    if engine.read_setting(MAIN, "default_locking_mode") == "exclusive":
        database.pager.keeps_locks = True
    return database


def detach(engine: Engine, machine: Machine, name: str) -> None:
    """Take a database away from those of a connection.

    Beyond what C SQLite asks for, no other statement may be in the middle of a change.

    Args:
        machine: the statement that does so.

    Raises:
        OperationalError: there is no such database, or it is in use.
    """
    found = _named(engine, name)
    if found is None or found.database is None:
        raise error(f"no such database: {name}")
    if found.number <= TEMP:
        raise error(f"cannot detach database {name}")
    if found.in_use() or not engine.running.no_writer_but(machine):
        raise error(f"database {name} is locked")
    _take_away(engine, found)


def _named(engine: Engine, name: str) -> Attached[Schema] | None:
    for each in engine.attached.all:
        if fold(each.name) == fold(name):
            return each
    return None


def _take_away(engine: Engine, gone: Attached[Schema]) -> None:
    attached = engine.attached
    generation = attached.generation
    attached.remove(gone)
    for each in attached.all:
        each.schema.number = each.number
    if gone.fresh and gone.schema.source is not None:
        engine.detached = Detached(gone.schema, generation, attached.generation)
    else:
        gone.schema.clear()
    database = gone.database
    gone.database = None
    if database is None:
        return
    if engine.dry_run is None:
        close_database(database)
    else:
        engine.dry_run.set_aside(database)
