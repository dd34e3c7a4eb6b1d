"""What a connection, its engine and its files load when it is first used: most programs do without.

``late.copying`` is the module of that name.  Nothing else there is imported but at the top of a file.
Compiled code takes such a module as ``Any``: where it knows a compiled function it calls that, loaded or not.
"""

from __future__ import annotations

from importlib import import_module
from sys import modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from foundrydb.errors import not_loaded

if TYPE_CHECKING:
    from urllib import parse as parse

    from foundrydb.api import blob as blob
    from foundrydb.api import copying as copying
    from foundrydb.api import hooks as hooks
    from foundrydb.api import sql_dump as sql_dump
    from foundrydb.api import trace as trace
    from foundrydb.api.values import adapters as adapters
    from foundrydb.api.values import decoding as decoding
    from foundrydb.engine import attaching as attaching
    from foundrydb.engine import authorizer as authorizer
    from foundrydb.engine import checking as checking
    from foundrydb.engine import vacuum as vacuum
    from foundrydb.engine.options import lowering as lowering
    from foundrydb.engine.options import statement_limits as statement_limits
    from foundrydb.storage.log.wal import write_ahead_log as write_ahead_log
    from foundrydb.vm.functions import user as user
    from foundrydb.vm.functions.text import patterns as patterns

MODULES: Final = (
    "urllib.parse",
    "foundrydb.api.blob",
    "foundrydb.api.copying",
    "foundrydb.api.hooks",
    "foundrydb.api.sql_dump",
    "foundrydb.api.trace",
    "foundrydb.api.values.adapters",
    "foundrydb.api.values.decoding",
    "foundrydb.engine.attaching",
    "foundrydb.engine.authorizer",
    "foundrydb.engine.checking",
    "foundrydb.engine.options.lowering",
    "foundrydb.engine.options.statement_limits",
    "foundrydb.engine.vacuum",
    "foundrydb.storage.log.wal.write_ahead_log",
    "foundrydb.vm.functions.text.patterns",
    "foundrydb.vm.functions.user",
)
"""What is loaded late; each is known here by the last part of its name."""


def module_of(place: str) -> Any:
    """A module, loaded now if it was not yet: out of the compiled library where it is in there (``trimming``)."""
    return getattr(modules.get("foundrydb__mypyc"), "load", import_module)(place)


def loaded(table: dict[str, Any], name: str) -> ModuleType:
    """A module that a table of late loading knows by ``name``, and from then on has under it.

    Args:
        table: the globals of the module that is the table.

    Raises:
        AttributeError: the table knows none of that name.
        OperationalError: the module cannot be loaded.
    """
    for place in table["MODULES"]:
        if place.rpartition(".")[2] == name:
            try:
                module: ModuleType = module_of(place)
            except (OSError, ImportError) as cause:
                raise not_loaded(cause) from cause
            table[name] = module
            return module
    raise AttributeError(name)


def __getattr__(name: str) -> ModuleType:
    return loaded(globals(), name)
