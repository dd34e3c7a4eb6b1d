"""PRAGMA: each is one declaration; the listing, the code and the table-valued functions come from it.

Kinds of PRAGMA are the subclasses of ``Pragma``: settings and fields of the file's header (``settings_pragmas``),
what the catalog says (``schema_pragmas``), checks of the whole file (``checks``).  The files are loaded when they are
asked; programs that only set things keep the others out of memory.  An unknown PRAGMA does nothing, as in SQLite.
(https://sqlite.org/pragma.html)
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.pragmas.declaration import Pragma, PragmaCall
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import unknown_database
from foundrydb.compiler.syntax import ast
from foundrydb.vm.program import ResultColumn

_PARTS: Final = ("SETTINGS", "CATALOG_PRAGMAS", "CHECKS")
"""The names of the lists of PRAGMAs; each is loaded when it is asked (``compiler/late.py``)."""


def _declared_in(part: str) -> list[Pragma]:
    """The PRAGMAs of one of the three files; it is loaded now."""
    declared: list[Pragma] = named(part)
    return declared


def find_pragma(name: str) -> Pragma | None:
    """The PRAGMA of that name, in small letters."""
    for part in _PARTS:
        for pragma in _declared_in(part):
            if pragma.name == name:
                return pragma
    return None


def all_pragmas() -> list[Pragma]:
    """Every PRAGMA, by name."""
    declared = [pragma for part in _PARTS for pragma in _declared_in(part)]
    declared.sort(key=lambda pragma: pragma.name)
    return declared


@STATEMENTS.entry(ast.Pragma)
def code_pragma(coder: Coder, statement: ast.Pragma, sql: str) -> None:
    """Emit the code of a PRAGMA statement."""
    pragma = find_pragma(fold(statement.name.name.text))
    schema_name = statement.name.schema
    schema = coder.catalog.main
    if schema_name is not None:
        found = coder.catalog.schema(schema_name.text)
        if found is None:
            raise unknown_database(schema_name)
        schema = found
    if pragma is None:
        return
    quoted = isinstance(statement.value, ast.Word) and statement.value.name.quote != ""
    call = PragmaCall(schema, schema_name is not None, statement.text, quoted)
    if pragma.returns(call):
        coder.builder.columns = [ResultColumn(name) for name in pragma.columns]
    pragma.code(coder, call)
