"""The connection's settings that PRAGMAs show and change, each declared once.

A setting belongs either to the connection, which then keeps its value, or to a database's pager, which knows it
already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from foundrydb import late
from foundrydb.errors import error, not_supported
from foundrydb.storage.format.header import META_ENCODING
from foundrydb.storage.format.values import Value
from foundrydb.storage.os.rare import set_temporary_folder, temporary_folder

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine
    from foundrydb.storage.pages.pager import Pager
    from foundrydb.storage.tree.database import Database

MOST_THREADS: Final = 8
"""The largest number that ``PRAGMA threads`` takes."""

Reader: TypeAlias = "Callable[[Engine, int], Value]"
Writer: TypeAlias = "Callable[[Engine, int, Value], None]"


def _number(value: Value) -> int:
    """A setting's value as an integer; what is none counts as 0."""
    if isinstance(value, (int, float)):
        return int(value)
    try:
        return int(str(value))
    except ValueError:
        return 0


def _looked_at(engine: Engine, db: int) -> Pager:
    """The pager, after it has had a look at the file."""
    database = engine.attached.database(db)
    database.begin_read()
    engine.attached.all[db].let_go()
    return database.pager


def _has_schema(engine: Engine, db: int) -> bool:
    """Whether something is, or was, declared in a database."""
    database = engine.attached.database(db)
    database.begin_read()
    declared = database.get_meta(META_ENCODING) != 0
    engine.attached.all[db].let_go()
    return declared


def _read_busy(engine: Engine, db: int) -> Value:
    return engine.attached.busy_timeout


def _write_busy(engine: Engine, db: int, value: Value) -> None:
    engine.attached.set_busy_timeout(max(_number(value), 0))


def _read_cache_size(engine: Engine, db: int) -> Value:
    return engine.attached.database(db).pager.cache_size


def _write_cache_size(engine: Engine, db: int, value: Value) -> None:
    engine.attached.database(db).pager.set_cache_size(_number(value))


def _read_synchronous(engine: Engine, db: int) -> Value:
    return engine.attached.database(db).pager.synchronous


def _write_synchronous(engine: Engine, db: int, value: Value) -> None:
    if not engine.transaction.autocommit:
        raise error("Safety level may not be changed inside a transaction")
    engine.attached.database(db).pager.synchronous = _number(value)


def _read_data_version(engine: Engine, db: int) -> Value:
    return int(_looked_at(engine, db).data_version)


def _read_page_size(engine: Engine, db: int) -> Value:
    return int(_looked_at(engine, db).page_size)


def _write_page_size(engine: Engine, db: int, value: Value) -> None:
    size = _number(value)
    engine.next_page_size = size
    if engine.attached.all[db].in_use():
        return  # as in C SQLite, where whoever reads has hold of page 1, be it that of an empty file
    if 512 <= size <= 65536 and size & (size - 1) == 0:
        pager = _looked_at(engine, db)
        if pager.set_page_size(size):
            pager.data_version += 1  # as in C SQLite, which drops its cache then


def _read_encoding(engine: Engine, db: int) -> Value:
    return engine.attached.encoding


def _write_encoding(engine: Engine, db: int, value: Value) -> None:
    """All databases have one encoding: it can be chosen as long as there is nothing in any of them, nor ever was."""
    attached = engine.attached
    chosen = _number(value)
    opened = [each for each in attached.all if each.database is not None]
    written = any([_has_schema(engine, each.number) for each in opened])
    if written or attached.encoding_fixed or chosen not in (1, 2, 3):
        return
    for each in opened:
        attached.opened(each).encoding = chosen
        attached.schema_changed(each.number)


def _read_auto_vacuum(engine: Engine, db: int) -> Value:
    _looked_at(engine, db)
    return int(engine.attached.database(db).auto_vacuum)


def _write_auto_vacuum(engine: Engine, db: int, value: Value) -> None:
    """The mode is chosen while the file is empty, or by the next VACUUM; see also the PRAGMA's code."""
    database = engine.attached.database(db)
    mode = _number(value)
    engine.next_auto_vacuum = mode
    if not database.pager.page_count:
        database.auto_vacuum = mode


def _read_max_page_count(engine: Engine, db: int) -> Value:
    return int(engine.attached.database(db).pager.max_page_count)


def _write_max_page_count(engine: Engine, db: int, value: Value) -> None:
    pager = _looked_at(engine, db)
    if _number(value) > 0:
        pager.max_page_count = max(_number(value), engine.attached.database(db).page_count())


def _read_temp_store(engine: Engine, db: int) -> Value:
    return engine.settings.get("temp_store", 0)


def _write_temp_store(engine: Engine, db: int, value: Value) -> None:
    """Temporary tables live in memory until they are large, whatever is chosen; a change empties them, as in SQLite."""
    chosen = _number(value) & 3
    if chosen != engine.settings.get("temp_store", 0):
        engine.drop_temp()
    engine.settings["temp_store"] = chosen


def _read_temporary_folder(engine: Engine, db: int) -> Value:
    return temporary_folder() or None


def _write_temporary_folder(engine: Engine, db: int, value: Value) -> None:
    """Of the whole process, as in SQLite."""
    if not set_temporary_folder(str(value)):
        raise error("not a writable directory")


def _read_journal_limit(engine: Engine, db: int) -> Value:
    return engine.attached.database(db).pager.log_size_limit


def _write_journal_limit(engine: Engine, db: int, value: Value) -> None:
    engine.attached.database(db).pager.log_size_limit = max(_number(value), -1)


def _in_memory(engine: Engine, db: int) -> bool:
    """Whether a database has no file."""
    return not _file_of(engine.attached.database(db))


def _file_of(database: Database) -> str:
    """The path of the file, empty where there is none, or one in memory."""
    pager = database.pager
    return pager.path if pager.vfs.survives_power_loss() else ""


def _read_mmap_size(engine: Engine, db: int) -> Value:
    return None if _in_memory(engine, db) else engine.attached.all[db].settings.get("mmap_size", 0)


def _write_mmap_size(engine: Engine, db: int, value: Value) -> None:
    engine.attached.all[db].settings["mmap_size"] = value


def _read_cache_spill(engine: Engine, db: int) -> Value:
    if not engine.settings.get("cache_spill", 1):
        return 0
    pager = engine.attached.database(db).pager
    return max(
        _pages(engine.attached.all[db].settings.get("cache_spill", 1), pager), _pages(pager.cache_size, pager)
    )


def _write_cache_spill(engine: Engine, db: int, value: Value) -> None:
    spills = value is None or value != 0
    engine.settings["cache_spill"] = int(spills)
    for database in engine.attached.databases():
        database.pager.spills = spills
    if value:
        engine.attached.all[db].settings["cache_spill"] = value
        pager = engine.attached.database(db).pager
        pager.spill_size = _pages(value, pager)


def _read_secure_delete(engine: Engine, db: int) -> Value:
    return engine.attached.database(db).pager.secure_delete


def _write_secure_delete(engine: Engine, db: int, value: Value) -> None:
    engine.attached.database(db).pager.secure_delete = _number(value)


def _pages(size: Value, pager: Pager) -> int:
    """A size of the page cache in pages, as C SQLite counts them with what it keeps beside each."""
    number = _number(size)
    return number if number >= 0 else -number * 1024 // (int(pager.page_size) + 136)


def _read_locking_mode(engine: Engine, db: int) -> Value:
    pager = engine.attached.database(db).pager
    kept = pager.keeps_locks or not pager.path
    return "exclusive" if kept else "normal"


def _write_locking_mode(engine: Engine, db: int, value: Value) -> None:
    engine.attached.database(db).pager.keeps_locks = value == "exclusive"


def _read_default_locking_mode(engine: Engine, db: int) -> Value:
    return engine.settings.get("default_locking_mode", "normal")


def _write_default_locking_mode(engine: Engine, db: int, value: Value) -> None:
    engine.settings["default_locking_mode"] = value


def _read_wal_autocheckpoint(engine: Engine, db: int) -> Value:
    return engine.attached.auto_checkpoint


def _write_wal_autocheckpoint(engine: Engine, db: int, value: Value) -> None:
    engine.transaction.hooks.log = None
    engine.attached.set_auto_checkpoint(_number(value))


def _read_threads(engine: Engine, db: int) -> Value:
    return engine.settings.get("threads", 0)


def _write_threads(engine: Engine, db: int, value: Value) -> None:
    engine.settings["threads"] = min(_number(value), MOST_THREADS)


def _read_like(engine: Engine, db: int) -> Value:
    return engine.settings.get("case_sensitive_like", 0)


def _write_like(engine: Engine, db: int, value: Value) -> None:
    engine.settings["case_sensitive_like"] = value
    patterns: Any = late.patterns
    for function in patterns.like_functions(bool(value), engine.preparer.limits.of("LIKE_PATTERN_LENGTH")):
        engine.functions.add(function)
    engine.attached.expire()


def _read_trust(engine: Engine, db: int) -> Value:
    return int(engine.functions.trusts_schema)


def _write_trust(engine: Engine, db: int, value: Value) -> None:
    engine.settings["trusted_schema"] = value
    engine.functions.trusts_schema = bool(value)
    engine.attached.expire()


def _write_foreign_keys(engine: Engine, db: int, value: Value) -> None:
    """Within a transaction it stays as it is, as in SQLite."""
    if engine.transaction.autocommit:
        engine.settings["foreign_keys"] = value
        engine.attached.expire()


def _read_foreign_keys(engine: Engine, db: int) -> Value:
    return engine.settings.get("foreign_keys", 0)


def _read_deferring(engine: Engine, db: int) -> Value:
    return int(engine.transaction.defers_all)


def _write_deferring(engine: Engine, db: int, value: Value) -> None:
    engine.transaction.defers_all = bool(value)
    if not value:  # as in SQLite, COMMIT then looks at nothing that was deferred before
        engine.transaction.deferred = 0
        engine.transaction.postponed = 0


def _read_analysis_limit(engine: Engine, db: int) -> Value:
    return engine.settings.get("analysis_limit", 0)


def _write_analysis_limit(engine: Engine, db: int, value: Value) -> None:
    engine.settings["analysis_limit"] = value
    engine.attached.expire()


def _read_query_only(engine: Engine, db: int) -> Value:
    return int(engine.statements.query_only)


def _write_query_only(engine: Engine, db: int, value: Value) -> None:
    engine.settings["query_only"] = value
    engine.statements.query_only = bool(value)
    engine.attached.expire()


def _read_file(engine: Engine, db: int) -> Value:
    database = engine.attached.all[db].database
    return "" if database is None else _file_of(database)


def _read_open(engine: Engine, db: int) -> Value:
    return int(engine.attached.all[db].database is not None)


def _read_read_only(engine: Engine, db: int) -> Value:
    return int(engine.attached.database(db).pager.read_only)


def _read_autocommit(engine: Engine, db: int) -> Value:
    return int(engine.transaction.autocommit)


_SETTINGS: Final[dict[str, tuple[Reader, Writer | None]]] = {
    "busy_timeout": (_read_busy, _write_busy),
    "cache_size": (_read_cache_size, _write_cache_size),
    "synchronous": (_read_synchronous, _write_synchronous),
    "data_version": (_read_data_version, None),
    "page_size": (_read_page_size, _write_page_size),
    "encoding": (_read_encoding, _write_encoding),
    "auto_vacuum": (_read_auto_vacuum, _write_auto_vacuum),
    "max_page_count": (_read_max_page_count, _write_max_page_count),
    "temp_store": (_read_temp_store, _write_temp_store),
    "temp_store_directory": (_read_temporary_folder, _write_temporary_folder),
    "journal_size_limit": (_read_journal_limit, _write_journal_limit),
    "mmap_size": (_read_mmap_size, _write_mmap_size),
    "cache_spill": (_read_cache_spill, _write_cache_spill),
    "secure_delete": (_read_secure_delete, _write_secure_delete),
    "locking_mode": (_read_locking_mode, _write_locking_mode),
    "default_locking_mode": (_read_default_locking_mode, _write_default_locking_mode),
    "wal_autocheckpoint": (_read_wal_autocheckpoint, _write_wal_autocheckpoint),
    "threads": (_read_threads, _write_threads),
    "case_sensitive_like": (_read_like, _write_like),
    "trusted_schema": (_read_trust, _write_trust),
    "foreign_keys": (_read_foreign_keys, _write_foreign_keys),
    "defer_foreign_keys": (_read_deferring, _write_deferring),
    "analysis_limit": (_read_analysis_limit, _write_analysis_limit),
    "query_only": (_read_query_only, _write_query_only),
    "file": (_read_file, None),
    "open": (_read_open, None),
    "read_only": (_read_read_only, None),
    "autocommit": (_read_autocommit, None),
}
"""Settings that live elsewhere, with how they are read and, where they can be, changed."""


def read_setting(engine: Engine, db: int, name: str) -> Value:
    """A setting's value; settings of the connection that nobody changed are 0."""
    found = _SETTINGS.get(name)
    return engine.settings.get(name, 0) if found is None else found[0](engine, db)


def write_setting(engine: Engine, db: int, name: str, value: Value) -> None:
    """Change a setting.

    Raises:
        NotSupportedError: it cannot be changed.
    """
    found = _SETTINGS.get(name)
    if found is None:
        engine.settings[name] = value
        engine.attached.expire()
    elif found[1] is None:
        raise not_supported(f"changing {name}")
    else:
        found[1](engine, db, value)
