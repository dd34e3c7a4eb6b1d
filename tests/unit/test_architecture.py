"""The shape of the folders: the table in the documents is what the files say, and what it promises holds."""

from __future__ import annotations

import ast
from collections import Counter
from importlib import import_module
from types import ModuleType

import pytest
from architecture.modules import circles, imported, modules
from architecture.table import DOCUMENT, renewed

from foundrydb.errors import OperationalError

MOST_FILES = 17

COMPILED_WITH_LATE = sorted(
    str(path.relative_to(DOCUMENT.parents[1]))
    for folder in ("foundrydb/engine", "foundrydb/api")
    for path in (DOCUMENT.parents[1] / folder).rglob("*.py")
    if folder == "foundrydb/engine" or path.stem in ("runner", "session")
)


def test_the_table_in_the_documents_is_of_today() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert renewed(text) == text, "run python -m architecture in tests/"


def test_no_folder_is_crowded() -> None:
    files = Counter(module.folder for module in modules().values() if not module.package)
    assert {folder: count for folder, count in files.items() if count > MOST_FILES} == {}


def test_every_folder_says_what_is_in_it() -> None:
    known = modules()
    for name, module in known.items():
        if not module.package or name == "foundrydb":
            continue
        inside = {other.rpartition(".")[2] for other in known if other.rpartition(".")[0] == name}
        text = (DOCUMENT.parents[1] / module.folder / "__init__.py").read_text(encoding="utf-8")
        assert [each for each in sorted(inside) if not _named(each, text)] == [], module.folder


def _named(module: str, text: str) -> bool:
    """Whether the text speaks of a module, or of all that begin as it does (``create_…``)."""
    return module in text or f"{module.partition('_')[0]}_…" in text


def test_no_modules_import_one_another() -> None:
    assert circles(modules()) == []


def test_a_compiled_folder_imports_those_within() -> None:
    """So they are found in the compiled library; the file system would be searched for each of them otherwise."""
    known = modules()
    for name, module in known.items():
        if module.package and module.folder.split("/")[0] in ("compiler", "storage", "vm"):
            within = [other for other in known if known[other].package and other.rpartition(".")[0] == name]
            assert imported(module, known) == sorted(within), f"{module.folder}/__init__.py"


LANGUAGE = (
    "compiler/syntax/ast.py",
    "compiler/bind/bound.py",
    "compiler/bind/sources.py",
    "compiler/bind/statements.py",
    "compiler/plan/nodes.py",
    "vm/ops/",
    "vm/functions/",
    "vm/formulas/",
)
"""Where a class has the name of the piece of SQL that it is for: in each of these places one may have the same name."""

NAMED_TWICE = {
    "Blob": "SQL's, and the sqlite3 module's",
    "Program": "what the machine runs, and SQLite's opcode that runs one within another",
    "Column": "one in a statement, one of a table, and the opcode that reads it",
    "Commit": "SQL's, and what it hands to the log",
    "Cursor": "PEP 249's, and a B-tree's",
    "Name": "one in a statement, and what is noted of it",
    "Node": "of the declared trees: of the syntax tree, and of plans",
    "Pragma": "the statement, and the base of those that there are",
    "Relation": "what joins are put into an order of, and what a plan is to the expression that holds it",
    "ResultColumn": "in a statement, as it is planned, and as a program gives it",
    "Savepoint": "SQL's, and the pager's",
    "Statement": "as it is written, and prepared",
    "Transaction": "the opcode that begins one, and what has begun",
}
"""Names of classes that stand in several files, and for what."""


def test_a_class_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = {}
    root = DOCUMENT.parents[1]
    for module in modules().values():
        for path in (root / module.folder).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            for item in ast.parse(text).body:
                if isinstance(item, ast.ClassDef) and not item.name.startswith("_"):
                    found = places.setdefault(item.name, [])
                    place = path.relative_to(root).as_posix()
                    if place not in found:
                        found.append(place)
    twice = {name for name, found in places.items() if len(found) > 1 and not _of_language(found)}
    assert twice == set(NAMED_TWICE), {name: places.get(name) for name in twice ^ set(NAMED_TWICE)}


def _of_language(places: list[str]) -> bool:
    kinds = [kind for place in places for kind in LANGUAGE if place.startswith(kind)]
    return len(kinds) == len(places) == len(set(kinds))


@pytest.mark.parametrize("name", ["foundrydb.late", "foundrydb.tools.late"])
def test_what_is_loaded_late_is_there_and_has_its_type(name: str) -> None:
    """A table of late loading says each module twice: to the type checker, and to the interpreter."""
    table = import_module(name)
    source = DOCUMENT.parents[1] / modules()[name].folder / "late.py"
    body = ast.parse(source.read_text(encoding="utf-8")).body
    typed = [item for branch in body if isinstance(branch, ast.If) for item in branch.body]
    names = [
        alias.asname
        for item in typed
        if isinstance(item, (ast.Import, ast.ImportFrom))
        for alias in item.names
    ]
    assert sorted(place.rpartition(".")[2] for place in table.MODULES) == sorted(map(str, names))
    for each in names:
        assert isinstance(getattr(table, str(each)), ModuleType)
    with pytest.raises(AttributeError):
        _ = table.nothing


@pytest.mark.parametrize("path", COMPILED_WITH_LATE)
def test_compiled_code_does_not_know_what_is_loaded_late(path: str) -> None:
    """A function of a module that is known by its type would be called whether the module is loaded or not."""
    for node in ast.walk(ast.parse((DOCUMENT.parents[1] / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            through = node.value.value
            assert not (isinstance(through, ast.Name) and through.id == "late"), f"{path}:{node.lineno}"


@pytest.mark.parametrize(
    ("name", "rare"), [("foundrydb.late", "sql_dump"), ("foundrydb.tools.late", "key_tree")]
)
def test_what_cannot_be_loaded_late_is_an_error_of_the_databases(
    name: str, rare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process may have no file descriptor left when a part is first needed."""

    def import_nothing(place: str) -> ModuleType:
        raise OSError(24, "Too many open files", place)

    table = import_module(name)
    monkeypatch.delitem(table.__dict__, rare, raising=False)
    monkeypatch.setattr("foundrydb.late.module_of", import_nothing)
    with pytest.raises(
        OperationalError, match=r"^unable to open database file \(a part of the engine: .*Too many"
    ):
        getattr(table, rare)
