"""Writes the classes of the compiler's trees from their declarations.

One declaration per node keeps some two hundred classes alike: final, with ``Final`` fields and a plain ``__init__``,
the only form that is both immutable and cheap when compiled by mypyc.  Run it after a change of a declaration::

    python -m foundrydb.compiler.trees.generate            # write the files
    python -m foundrydb.compiler.trees.generate --check    # fail when one is stale
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundrydb.compiler.trees.classes import KnownClasses, Style, know, write_classes
from foundrydb.compiler.trees.declarations import DeclarationReader, Declarations

COMPILER = Path(__file__).resolve().parent.parent


@dataclass
class DeclaredTree:
    """One file of declarations, the module that it becomes, and the style of its classes.

    ``speaks_of`` are the files of other trees whose classes stand in its fields.
    """

    source: str
    target: str
    style: Style
    speaks_of: tuple[str, ...] = ()


TREES = [
    DeclaredTree("syntax/ast.asdl", "syntax/ast.py", Style("tuple[{}, ...]", False)),
    DeclaredTree("bind/bound.asdl", "bind/bound.py", Style("list[{}]", True, True)),
    DeclaredTree("bind/statements.asdl", "bind/statements.py", Style("list[{}]", True), ("bind/bound.asdl",)),
    DeclaredTree(
        "plan/nodes.asdl",
        "plan/nodes.py",
        Style("list[{}]", True),
        ("bind/bound.asdl", "bind/statements.asdl"),
    ),
]


def modules() -> list[tuple[Path, str]]:
    """The files to write, with their texts."""
    found: list[tuple[Path, str]] = []
    for tree in TREES:
        known = KnownClasses()
        for other in tree.speaks_of:
            know(_declarations(other), known)
        declarations = _declarations(tree.source)
        classes = write_classes(declarations, tree.style, known)
        prelude = _prelude(declarations, Path(tree.source).name, classes)
        found.append((COMPILER / tree.target, "\n\n".join([prelude, *classes])))
    return found


def _declarations(name: str) -> Declarations:
    return DeclarationReader(name).read((COMPILER / name).read_text(encoding="utf-8"))


def _prelude(found: Declarations, source: str, classes: Sequence[str]) -> str:
    """What stands above the classes of a module: its docstring and its imports."""
    head, _, rest = found.doc.partition("\n\n")
    command = "python -m foundrydb.compiler.trees.generate"
    generated = f"Generated from {source} by ``{command}``; change that file, not this one."
    lines = [f'"""{head}', "", generated, *([rest] if rest else []), '"""', "# ruff: noqa: E501", ""]
    lines += ["from __future__ import annotations", ""]
    typing = [
        name for name in ("ClassVar", "Final", "cast", "final") if any(name in text for text in classes)
    ]
    imports = [item for item in found.imports if item.word != "import type"]
    only_typing = [item for item in found.imports if item.word == "import type"]
    lines.append(f"from typing import {', '.join([*(['TYPE_CHECKING'] if only_typing else []), *typing])}\n")
    roots = [(root.module, [root.name]) for root in found.roots]
    lines += _import_lines([*roots, *((item.module, item.names) for item in imports)], "")
    if only_typing:
        lines += ["", "if TYPE_CHECKING:"]
        lines += _import_lines([(item.module, item.names) for item in only_typing], "    ")
    exported = [root.name for root in found.roots]
    exported += [name for item in imports if item.word == "export" for name in item.names]
    lines += ["", "__all__ = [" + ", ".join(f'"{name}"' for name in exported) + "]", ""]
    return "\n".join(lines)


def _import_lines(imports: Sequence[tuple[str, list[str]]], margin: str) -> list[str]:
    """Import statements, one for a module."""
    names: dict[str, list[str]] = {}
    for module, some in imports:
        names.setdefault(module, []).extend(some)
    return [f"{margin}from {module} import {', '.join(names[module])}" for module in sorted(names)]


def main(arguments: Sequence[str]) -> int:
    """Write the files, or with ``--check`` say which are not what their declarations ask for."""
    stale = [
        (path, text)
        for path, text in modules()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if arguments == ["--check"]:
        for path, _ in stale:
            print(
                f"{path.relative_to(COMPILER.parent)} is stale: run python -m foundrydb.compiler.trees.generate"
            )
        return 1 if stale else 0
    for path, text in stale:
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
