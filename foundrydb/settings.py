"""The connection's settings that PRAGMAs show and change, each declared once.

A setting belongs either to the connection, which then keeps its value, or to a database's pager, which knows it
already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.errors import not_supported
from foundrydb.storage.values import Value

if TYPE_CHECKING:
    from foundrydb.engine import Engine
    from foundrydb.storage.pager import Pager

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
    database = engine.database(db)
    database.begin_read()
    engine.let_go(db)
    return database.pager


def _read_busy(engine: Engine, db: int) -> Value:
    return engine.database(db).pager.busy_timeout


def _write_busy(engine: Engine, db: int, value: Value) -> None:
    engine.busy_timeout = max(_number(value), 0)
    for database in engine.databases:
        if database is not None:
            database.pager.busy_timeout = engine.busy_timeout


def _read_cache_size(engine: Engine, db: int) -> Value:
    return engine.database(db).pager.cache_size


def _write_cache_size(engine: Engine, db: int, value: Value) -> None:
    engine.database(db).pager.set_cache_size(_number(value))


def _read_synchronous(engine: Engine, db: int) -> Value:
    return engine.database(db).pager.synchronous


def _write_synchronous(engine: Engine, db: int, value: Value) -> None:
    engine.database(db).pager.synchronous = _number(value) & 3


def _read_data_version(engine: Engine, db: int) -> Value:
    return int(engine.database(db).pager.data_version)


def _read_page_size(engine: Engine, db: int) -> Value:
    return int(_looked_at(engine, db).page_size)


def _write_page_size(engine: Engine, db: int, value: Value) -> None:
    size = _number(value)
    if 512 <= size <= 65536 and size & (size - 1) == 0:
        _looked_at(engine, db).set_page_size(size)


def _read_encoding(engine: Engine, db: int) -> Value:
    return engine.encoding


def _write_encoding(engine: Engine, db: int, value: Value) -> None:
    database = engine.database(0)
    if not _looked_at(engine, 0).page_count and _number(value) in (1, 2, 3):
        database.encoding = _number(value)
        engine.schema_changed(0)


def _read_auto_vacuum(engine: Engine, db: int) -> Value:
    return int(engine.database(db).auto_vacuum)


def _write_auto_vacuum(engine: Engine, db: int, value: Value) -> None:
    """The mode is chosen while the file is empty; later it stays, as in SQLite (until VACUUM)."""
    database = engine.database(db)
    mode = _number(value)
    if not database.pager.page_count:
        database.auto_vacuum = mode
    elif database.auto_vacuum and mode and mode != database.auto_vacuum:
        raise not_supported("changing between full and incremental auto_vacuum")


def _read_max_page_count(engine: Engine, db: int) -> Value:
    return int(engine.database(db).pager.max_page_count)


def _write_max_page_count(engine: Engine, db: int, value: Value) -> None:
    pager = _looked_at(engine, db)
    if _number(value) > 0:
        pager.max_page_count = max(_number(value), engine.database(db).page_count())


def _read_temp_store(engine: Engine, db: int) -> Value:
    return engine.settings.get("temp_store", 0)


def _write_temp_store(engine: Engine, db: int, value: Value) -> None:
    """Temporary tables live in memory until they are large, whatever is chosen; a change empties them, as in SQLite."""
    chosen = _number(value) & 3
    if chosen != engine.settings.get("temp_store", 0):
        engine.drop_temp()
    engine.settings["temp_store"] = chosen


def _read_file(engine: Engine, db: int) -> Value:
    database = engine.databases[db]
    return "" if database is None else database.pager.path


def _read_read_only(engine: Engine, db: int) -> Value:
    return int(engine.database(db).pager.read_only)


def _read_autocommit(engine: Engine, db: int) -> Value:
    return int(engine.autocommit)


_PAGER_SETTINGS: Final[dict[str, tuple[Reader, Writer | None]]] = {
    "busy_timeout": (_read_busy, _write_busy),
    "cache_size": (_read_cache_size, _write_cache_size),
    "synchronous": (_read_synchronous, _write_synchronous),
    "data_version": (_read_data_version, None),
    "page_size": (_read_page_size, _write_page_size),
    "encoding": (_read_encoding, _write_encoding),
    "auto_vacuum": (_read_auto_vacuum, _write_auto_vacuum),
    "max_page_count": (_read_max_page_count, _write_max_page_count),
    "temp_store": (_read_temp_store, _write_temp_store),
    "file": (_read_file, None),
    "read_only": (_read_read_only, None),
    "autocommit": (_read_autocommit, None),
}
"""Settings that live elsewhere, with how they are read and, where they can be, changed."""


def read_setting(engine: Engine, db: int, name: str) -> Value:
    """A setting's value; settings of the connection that nobody changed are 0."""
    found = _PAGER_SETTINGS.get(name)
    return engine.settings.get(name, 0) if found is None else found[0](engine, db)


def write_setting(engine: Engine, db: int, name: str, value: Value) -> None:
    """Change a setting.

    Raises:
        NotSupportedError: it cannot be changed.
    """
    found = _PAGER_SETTINGS.get(name)
    if found is None:
        engine.settings[name] = value
        engine.expire()
    elif found[1] is None:
        raise not_supported(f"changing {name}")
    else:
        found[1](engine, db, value)
