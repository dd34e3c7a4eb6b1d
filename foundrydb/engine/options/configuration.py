"""Switches of a connection beside its PRAGMAs: ``Connection.setconfig`` and ``getconfig``.

Each is declared once, with the setting that it is where there is one.  A switch of something that is not here yet can
be set to and fro; one that would have to change what statements do, and cannot, is refused.

(https://sqlite.org/c3ref/c_dbconfig_defensive.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import not_supported
from foundrydb.pythons import HAS_CONFIG

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine


class Switch:
    """A switch.

    Attributes:
        name: that of its constant, without ``SQLITE_DBCONFIG_``.
        setting: the setting that holds it.
        default: what it is at first.
        fixed: it cannot be changed.
    """

    def __init__(self, name: str, setting: str = "", default: bool = False, fixed: bool = False) -> None:
        self.name: Final = name
        self.setting: Final = setting or name.lower()
        self.default: Final = default
        self.fixed: Final = fixed


SWITCHES: Final = {
    1002: Switch("ENABLE_FKEY", "foreign_keys"),
    1003: Switch("ENABLE_TRIGGER", default=True),
    1004: Switch("ENABLE_FTS3_TOKENIZER", default=True),
    1005: Switch("ENABLE_LOAD_EXTENSION", default=True),
    1006: Switch("NO_CKPT_ON_CLOSE"),
    1007: Switch("ENABLE_QPSG"),
    1008: Switch("TRIGGER_EQP"),
    1009: Switch("RESET_DATABASE", fixed=True),
    1010: Switch("DEFENSIVE", fixed=True),
    1011: Switch("WRITABLE_SCHEMA", "writable_schema"),
    1012: Switch("LEGACY_ALTER_TABLE", "legacy_alter_table"),
    1013: Switch("DQS_DML", default=True),
    1014: Switch("DQS_DDL", default=True),
    1015: Switch("ENABLE_VIEW", default=True, fixed=True),
    1016: Switch("LEGACY_FILE_FORMAT"),
    1017: Switch("TRUSTED_SCHEMA", "trusted_schema", default=True),
}
"""The switches by their numbers."""


def _switch(op: int) -> Switch:
    found = SWITCHES.get(op)
    if found is None:
        raise ValueError(f"unknown config 'op': {op}")
    return found


def read_switch(engine: Engine, op: int) -> bool:
    """Whether a switch is on.

    Raises:
        ValueError: there is no such switch.
    """
    switch = _switch(op)
    return bool(engine.settings.get(switch.setting, switch.default))


def turn_switch(engine: Engine, op: int, on: bool) -> None:
    """Turn a switch on or off.

    Raises:
        ValueError: there is no such switch.
        NotSupportedError: it cannot be changed.
    """
    switch = _switch(op)
    if read_switch(engine, op) == on:
        return
    if switch.fixed:
        raise not_supported(f"SQLITE_DBCONFIG_{switch.name} = {int(on)}")
    engine.write_setting(0, switch.setting, int(on))


def switch_constants() -> dict[str, int]:
    """The constants of the switches, where this Python has them."""
    if not HAS_CONFIG:
        return {}
    return {f"SQLITE_DBCONFIG_{switch.name}": op for op, switch in SWITCHES.items()}
