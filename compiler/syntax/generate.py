"""Writes ast.py from ast.asdl.

One declaration per node keeps ninety classes alike: final, with ``Final`` fields and a plain ``__init__``,
the only form that is both immutable and cheap when compiled by mypyc.  Run it after a change of ast.asdl::

    python -m foundrydb.compiler.syntax.generate            # write ast.py
    python -m foundrydb.compiler.syntax.generate --check    # fail when ast.py is stale
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE / "ast.asdl"
TARGET = HERE / "ast.py"

_PRIMITIVES = {"string": "str", "bool": "bool", "int": "int", "float": "float", "bytes": "bytes"}
_CLASS = re.compile(r"(abstract )?(\w+)\((\w+)\)$")
_FIELD = re.compile(r"    (\w+): (\w+)([?*]?)\s*(?:-- (.*))?$")
_MORE = re.compile(r"\s+-- (.*)$")


@dataclass
class FieldDeclaration:
    """One field: its name, its type and what it holds."""

    name: str
    type: str
    mark: str
    doc: str

    @property
    def annotation(self) -> str:
        """The field's Python type."""
        base = _PRIMITIVES.get(self.type, self.type)
        if self.mark == "*":
            return f"tuple[{base}, ...]"
        return f"{base} | None" if self.mark == "?" else base


@dataclass
class ClassDeclaration:
    """One node class."""

    name: str
    base: str
    abstract: bool
    doc: str
    fields: list[FieldDeclaration] = field(default_factory=list)


def read(text: str) -> list[ClassDeclaration]:
    """The declarations of an ast.asdl text, in order; ValueError names a line that is none."""
    classes: list[ClassDeclaration] = []
    docs: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            docs = []
        elif line.startswith("--"):
            docs.append(line[2:].strip())
        elif match := _CLASS.match(line):
            classes.append(ClassDeclaration(match[2], match[3], bool(match[1]), "\n".join(docs)))
        elif match := _FIELD.match(line):
            classes[-1].fields.append(FieldDeclaration(match[1], match[2], match[3], match[4] or ""))
        elif match := _MORE.match(line):
            classes[-1].fields[-1].doc += "\n" + match[1]
        else:
            raise ValueError(f"{SOURCE.name}:{number}: not a declaration: {line}")
    _check(classes)
    return classes


def _check(classes: list[ClassDeclaration]) -> None:
    """Every base and field type must be declared."""
    known = {"Node", *_PRIMITIVES, *(c.name for c in classes)}
    for c in classes:
        for name in [c.base, *(f.type for f in c.fields)]:
            if name not in known:
                raise ValueError(f"{SOURCE.name}: {c.name} speaks of {name}, which is not declared")


def _ordered(classes: list[ClassDeclaration]) -> list[ClassDeclaration]:
    """Bases before the classes that extend them; otherwise as declared."""
    done = {"Node"}
    result: list[ClassDeclaration] = []
    waiting = list(classes)
    while waiting:
        ready = next(c for c in waiting if c.base in done)
        waiting.remove(ready)
        done.add(ready.name)
        result.append(ready)
    return result


def _docstring(c: ClassDeclaration) -> list[str]:
    lines = ('"""' + c.doc).split("\n")
    described = [f for f in c.fields if f.doc]
    if described:
        lines += ["", "Attributes:"]
        for f in described:
            first, *rest = f.doc.split("\n")
            lines += [f"    {f.name}: {first}", *(f"        {line}" for line in rest)]
        lines.append('"""')
    else:
        lines[-1] += '"""'
    return [f"    {line}" if line else "" for line in lines]


def _render(c: ClassDeclaration) -> list[str]:
    if c.abstract:
        return [f"class {c.name}({c.base}):", *_docstring(c)]
    lines = ["@final", f"class {c.name}({c.base}):", *_docstring(c), ""]
    names = "".join(f'"{f.name}", ' for f in c.fields).rstrip()
    if len(c.fields) > 1:
        names = names.rstrip(",")
    lines.append(f"    FIELDS: ClassVar[tuple[str, ...]] = ({names})")
    lines.append("")
    parameters = "".join(f", {f.name}: {f.annotation}" for f in c.fields)
    if c.fields:
        lines.append(f"    def __init__(self, start: int, end: int{parameters}) -> None:")
        lines.append("        super().__init__(start, end)")
        lines += [f"        self.{f.name}: Final = {f.name}" for f in c.fields]
        lines.append("")
    values = ", ".join(f"self.{f.name}" for f in c.fields)
    lines += ["    def values_of_fields(self) -> list[object]:", f"        return [{values}]", ""]
    arguments = "".join(f", cast({f.annotation}, values[{i}])" for i, f in enumerate(c.fields))
    lines.append("    def with_fields(self, values: list[object]) -> Node:")
    lines.append(f"        return {c.name}(self.start, self.end{arguments})")
    return lines


def generate(text: str) -> str:
    """The text of ast.py for the declarations in ``text``."""
    parts = [_PRELUDE]
    for c in _ordered(read(text)):
        parts.append("\n\n" + "\n".join(_render(c)) + "\n")
    return "".join(parts)


_PRELUDE = '''"""The syntax tree: one final class per construct of the language.

Generated from ast.asdl by ``python -m foundrydb.compiler.syntax.generate``; change that file, not this one.
Nodes are values: their fields never change, two nodes are equal when they say the same wherever they stand in
a text, and they can be keys of a dict.  ``start`` and ``end`` are character offsets in the SQL text.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar, Final, cast, final

from foundrydb.compiler.syntax.node import Node, children, dump, rewrite, walk

__all__ = ["Node", "children", "dump", "rewrite", "walk"]
'''


def main(arguments: list[str]) -> int:
    """Write ast.py, or with ``--check`` say whether it is what ast.asdl asks for."""
    text = generate(SOURCE.read_text(encoding="utf-8"))
    if arguments == ["--check"]:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
            return 0
        print("compiler/syntax/ast.py is stale: run python -m foundrydb.compiler.syntax.generate")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
