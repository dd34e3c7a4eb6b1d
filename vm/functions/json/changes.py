"""The JSON functions that change a document: json_set and its kin, json_remove, json_patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.functions.json.documents import (
    document_like,
    documents_of,
    jsonb_of,
    keep_changed,
    rendered,
    text_of,
)
from foundrydb.vm.functions.json.edit import (
    ARRAY_INSERT,
    INSERT,
    REMOVE,
    REPLACE,
    SET,
    Editing,
    merged,
)
from foundrydb.vm.functions.json.function import JsonFunction
from foundrydb.vm.functions.json.paths import NOT_FOUND, path_error, path_of
from foundrydb.vm.functions.json.values import as_element
from foundrydb.vm.functions.scalar import RETURNS_SUBTYPE, TAKES_SUBTYPE, Function

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


class ChangingFunction(JsonFunction):
    """A function that gives a changed document."""

    def changed(self, blob: bytes, by_copy: bool, context: Context, spare: i64 = 0) -> Value:
        """The document as the function gives it.

        spare: by how many levels it may be nested deeper.
        by_copy: something may have been changed, so that the text is worth keeping.
        """
        if self.binary:
            return blob
        text = rendered(blob, 0, context, -spare)
        if by_copy:
            keep_changed(text, blob, context)
        return text


@final
class ChangeAtPaths(ChangingFunction):
    """json_set(X, PATH, VALUE, …), json_insert, json_replace and json_array_insert

    Attributes:
        how: what is done, one of the constants of ``edit``.
    """

    def __init__(self, name: str, how: int, doc: str, flags: int) -> None:
        super().__init__(name, 0, -1, doc, flags)
        self.how: Final = how

    def call(self, args: list[Value], context: Context) -> Value:
        """X with other values at the paths.

        Raises:
            OperationalError: there is something wrong with X, a path or a value.
        """
        if not args:
            return None
        if len(args) % 2 == 0:
            what = self.name.removeprefix("json_").removeprefix("jsonb_")
            raise error(f"json_{what}() needs an odd number of arguments")
        origin = document_like(args[0], context)
        if origin is None:
            return None
        documents = documents_of(context)
        editing = Editing(origin.blob, documents.trail, documents.writer())
        for i in range(1, len(args), 2):
            if args[i] is None:
                continue
            text = text_of(args[i], context)
            outcome = editing.change(path_of(text), self.how, as_element(args[i + 1], documents.writer()))
            if outcome < NOT_FOUND:
                raise path_error(outcome, text)
        return self.changed(editing.blob, len(args) > 1, context, editing.spare)


@final
class Remove(ChangingFunction):
    """json_remove(X, PATH, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X without what is at the paths, which are followed one after the other; NULL without X itself."""
        if not args:
            return None
        origin = document_like(args[0], context)
        if origin is None:
            return None
        documents = documents_of(context)
        editing = Editing(origin.blob, documents.trail, documents.writer())
        for arg in args[1:]:
            if arg is None:
                return None
            text = text_of(arg, context)
            path = path_of(text)
            if not path.steps:
                return None
            outcome = editing.change(path, REMOVE, b"")
            if outcome < NOT_FOUND:
                raise path_error(outcome, text)
        return self.changed(editing.blob, len(args) > 1, context)


@final
class Patch(ChangingFunction):
    """json_patch(X, Y)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X with Y merged into it: members of Y that are null are removed, objects are merged."""
        origin = document_like(args[0], context)
        if origin is None:
            return None
        patch = jsonb_of(args[1], context)
        if patch is None:
            return None
        blob = merged(origin.blob, patch)
        return self.changed(blob, True, context)


_BINARY: Final = ", as JSONB"


def _both(name: str, how: int, doc: str) -> list[Function]:
    flags = TAKES_SUBTYPE
    return [
        ChangeAtPaths("json_" + name, how, doc, flags | RETURNS_SUBTYPE),
        ChangeAtPaths("jsonb_" + name, how, doc + _BINARY, flags),
    ]


_REMOVE: Final = "The JSON X without what is at each PATH"
_PATCH: Final = "The JSON X with the JSON Y merged into it"

FUNCTIONS: Final[list[Function]] = [
    *_both("set", SET, "The JSON X with VALUE at each PATH, there or not"),
    *_both("insert", INSERT, "The JSON X with VALUE at each PATH where there is nothing"),
    *_both("replace", REPLACE, "The JSON X with VALUE at each PATH where there is something"),
    *_both("array_insert", ARRAY_INSERT, "The JSON X with VALUE before the element of an array at each PATH"),
    Remove("json_remove", 0, -1, _REMOVE, RETURNS_SUBTYPE),
    Remove("jsonb_remove", 0, -1, _REMOVE + _BINARY),
    Patch("json_patch", 2, 2, _PATCH, RETURNS_SUBTYPE),
    Patch("jsonb_patch", 2, 2, _PATCH + _BINARY),
]
