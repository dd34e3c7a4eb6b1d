"""Where a name is given and used, in one statement or in all files, and whether another can take its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import fold
from foundrydb.tools.lsp.occurrences import GLOBAL, Key, NameUse, occurrences
from foundrydb.tools.output.quoting_forms import identifier

if TYPE_CHECKING:
    from foundrydb.tools.lsp.documents import StatementPiece
    from foundrydb.tools.lsp.sights import EditorSight
    from foundrydb.tools.lsp.workspace import Workspace


class NamePlace:
    """A name in a file: its path, and its place in the text."""

    def __init__(self, path: str, start: int, end: int, defines: bool, text: str) -> None:
        self.path: Final = path
        self.start: Final = start
        self.end: Final = end
        self.defines: Final = defines
        self.text: Final = text


class RenameRefused(Exception):
    """A name cannot be given another; the message says why."""


def places(workspace: Workspace, path: str, sight: EditorSight, here: bool = False) -> list[NamePlace]:
    """Where all that means the same as the name at a place stands, in all files where others can mean it.

    here: in this file alone.
    """
    found = sight.occurrence()
    if found is None or sight.piece is None:
        return []
    if found.key[0] not in GLOBAL:
        return list(_in_piece(path, sight.piece, sight.start, found.key, sight))
    return list(_everywhere(workspace, found, path if here else None))


def _in_piece(
    path: str, piece: StatementPiece, start: int, key: Key, sight: EditorSight
) -> Iterator[NamePlace]:
    for each in occurrences(piece, sight.state):
        if each.key == key:
            text = piece.text[each.start : each.end]
            yield NamePlace(path, start + each.start, start + each.end, each.defines, text)


def _everywhere(workspace: Workspace, found: NameUse, only: str | None) -> Iterator[NamePlace]:
    """The places in all files, or in one; only statements that have the word are looked at."""
    word = re.compile(rf"(?<!\w){re.escape(found.key[-1])}(?!\w)", re.IGNORECASE)
    for other, document in workspace.documents():
        if (only is not None and other != only) or not word.search(document.text):
            continue
        course = workspace.course_of(other, document)
        for number, piece in enumerate(document.pieces):
            if word.search(piece.text):
                for each in occurrences(piece, course.before(number)):
                    if each.key == found.key:
                        at = document.starts[number]
                        text = piece.text[each.start : each.end]
                        yield NamePlace(other, at + each.start, at + each.end, each.defines, text)


def definitions(workspace: Workspace, path: str, sight: EditorSight) -> list[NamePlace]:
    """Where the name at a place is given."""
    found = sight.occurrence()
    if found is None or sight.piece is None:
        return []
    if found.key[0] == "expression":
        start, end = int(found.key[1]), int(found.key[2])
        return [NamePlace(path, sight.start + start, sight.start + end, True, sight.piece.text[start:end])]
    return [place for place in places(workspace, path, sight) if place.defines]


# another name -----------------------------------------------------------------------------------------------

_RENAMED: Final = frozenset(
    ["table", "column", "index", "trigger", "common table", "common column", "alias", "result"]
)


def renamable(workspace: Workspace, path: str, sight: EditorSight) -> NameUse:
    """The name at a place, if it can be given another.

    Raises:
        Refused: it cannot.
    """
    found = sight.occurrence()
    if found is None or sight.piece is None:
        raise RenameRefused("there is no name here")
    if sight.piece.reading is None or sight.piece.reading.mistakes:
        raise RenameRefused("the statement is wrong: its names are not all known")
    kind = found.key[0]
    if kind == "parameter" and found.key[1][:1] in (":", "@", "$"):
        return found
    if kind not in _RENAMED:
        raise RenameRefused(f"a {kind} cannot be given another name")
    written = _bare(sight.piece.text[found.start : found.end])
    if found.key[-1].startswith("sqlite_") or (kind in GLOBAL and written != found.key[-1]):
        raise RenameRefused(f"{written} is SQLite's own name")
    if kind in GLOBAL:
        defined = [place for place in places(workspace, path, sight) if place.defines]
        if not defined:
            raise RenameRefused(
                f"no file of the folder makes {found.key[-1]}: ALTER TABLE … RENAME renames it in a database"
            )
        if any(
            piece.reading is not None and piece.reading.mistakes for piece in _mentioning(workspace, found)
        ):
            raise RenameRefused(f"a statement that is wrong has {found.key[-1]} in it, too")
    else:
        here = [each for each in occurrences(sight.piece, sight.state) if each.key == found.key]
        if sum(each.defines for each in here) != 1:
            raise RenameRefused("it is not known what has this name, or several things have it")
    return found


def _mentioning(workspace: Workspace, found: NameUse) -> Iterator[StatementPiece]:
    word = re.compile(rf"(?<!\w){re.escape(found.key[-1])}(?!\w)", re.IGNORECASE)
    for _, document in workspace.documents():
        yield from (piece for piece in document.pieces if word.search(piece.text))


def renamed(
    workspace: Workspace, path: str, sight: EditorSight, new_name: str
) -> list[tuple[NamePlace, str]]:
    """The places that change, each with its new text.

    Raises:
        Refused: it cannot be done without changing what something means.
    """
    found = renamable(workspace, path, sight)
    if not new_name or "\0" in new_name:
        raise RenameRefused("a name needs at least one character")
    if found.key[0] == "parameter":
        sign = found.key[1][0]
        bare = new_name.lstrip(":@$")
        if not re.fullmatch(r"\w+", bare):
            raise RenameRefused(f"{new_name} is no name of a parameter")
        return [(place, sign + bare) for place in places(workspace, path, sight)]
    _refuse_taken(found, sight, new_name)
    changed = [
        (place, _written(place.text, new_name))
        for place in places(workspace, path, sight)
        if found.key[0] not in GLOBAL or _bare(place.text) == found.key[-1]
    ]
    before, after = _errors(workspace, []), _errors(workspace, changed)
    if after > before:
        raise RenameRefused(f"something else would be wrong with the name {new_name}")
    return changed


def _errors(workspace: Workspace, changed: list[tuple[NamePlace, str]]) -> int:
    """How many errors the files have once names are changed."""
    texts = {path: document.text for path, document in workspace.documents()}
    for place, text in sorted(changed, key=lambda change: -change[0].start):
        old = texts[place.path]
        texts[place.path] = old[: place.start] + text + old[place.end :]
    return workspace.errors_of(texts)


def _refuse_taken(found: NameUse, sight: EditorSight, new_name: str) -> None:
    """Refuse a name that something else has in the same place."""
    kind, new = found.key[0], fold(new_name)
    if new == fold(found.key[-1]):
        return
    catalog = sight.state.catalog
    if kind in ("table", "index") and (catalog.find_relation(new_name) or catalog.find_index(new_name)):
        raise RenameRefused(f"there is already another {new_name}")
    if kind == "trigger" and catalog.find_trigger(new_name):
        raise RenameRefused(f"there is already another trigger {new_name}")
    if kind == "column":
        table = catalog.find_table(found.key[1])
        if table is not None and any(fold(column.name) == new for column in table.columns):
            raise RenameRefused(f"{table.name} already has a column {new_name}")
    elif sight.piece is not None and kind not in ("table", "index", "trigger"):
        here = occurrences(sight.piece, sight.state)
        if any(_bare(sight.piece.text[each.start : each.end]) == new for each in here):
            raise RenameRefused(f"the statement already speaks of {new_name}")


def _bare(name: str) -> str:
    """A name as it is kept: folded, without its quotes."""
    if name[:1] in ('"', "`", "'"):
        return fold(name[1:-1].replace(name[0] * 2, name[0]))
    return fold(name[1:-1] if name[:1] == "[" else name)


def _written(old: str, new_name: str) -> str:
    """A name as it may stand in SQL, quoted as the old one was."""
    if old[:1] == "[" and "]" not in new_name:
        return f"[{new_name}]"
    if old[:1] in ('"', "`"):
        return old[0] + new_name.replace(old[0], old[0] * 2) + old[0]
    return identifier(new_name)
