"""What the JSON functions have in common: their results are JSON to the function that takes them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.affinity import TEXT
from foundrydb.vm.arithmetic.cast import cast_value
from foundrydb.vm.functions.json.render import text_of_bytes
from foundrydb.vm.functions.json.subtype import marked, subtype_of
from foundrydb.vm.functions.json.values import blob_of
from foundrydb.vm.functions.scalar import (
    DETERMINISTIC,
    MARKING,
    RETURNS_SUBTYPE,
    Function,
    ScalarFunction,
    own_function,
)
from foundrydb.vm.limits import check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


class JsonFunction(ScalarFunction):
    """A JSON function.

    Attributes:
        binary: containers come as JSONB, not as text.
    """

    def __init__(self, name: str, min_args: int, max_args: int, doc: str, flags: int = 0) -> None:
        super().__init__(name, min_args, max_args, doc, DETERMINISTIC | flags)
        self.binary: Final = name.startswith("jsonb")
        self._twin: Function | None = None

    @property
    def twin(self) -> Function | None:
        """See ``Function.twin``."""
        if self._twin is None and self.flags & RETURNS_SUBTYPE:
            self._twin = Marking(self)
        return self._twin

    def call_marked(self, args: list[Value], context: Context) -> Value:
        """The function's result, with its subtype."""
        return marked(self.call(args, context))

    def made(self, text: bytes) -> Value:
        """JSON that was put together, as the function gives it.

        Raises:
            DataError: it is too long.
        """
        check_length(len(text))
        return blob_of(text) if self.binary else text_of_bytes(text)


@final
class Marking(ScalarFunction):
    """A JSON function where its result's subtype counts."""

    def __init__(self, function: JsonFunction) -> None:
        flags = function.flags | MARKING
        super().__init__(function.name, function.min_args, function.max_args, function.doc, flags)
        self._function: Final = function

    def __reduce__(self) -> tuple[object, ...]:
        return twin_of, (self.name, max(self.max_args, self.min_args))

    def call(self, args: list[Value], context: Context) -> Value:
        """See ``ScalarFunction.call``."""
        return self._function.call_marked(args, context)


@final
class CastToText(ScalarFunction):
    """CAST(X AS TEXT) where the subtype of its value counts: it stays that of X."""

    def __reduce__(self) -> tuple[object, ...]:
        return _cast_to_text, ()

    def call(self, args: list[Value], context: Context) -> Value:
        """X as a text."""
        value = args[0]
        text = cast_value(value, TEXT, context.encoding)
        return marked(text) if subtype_of(value) else text


CAST_TO_TEXT: Final = CastToText("cast_to_text", 1, 1, "", DETERMINISTIC | MARKING)


def _cast_to_text() -> Function:
    return CAST_TO_TEXT


def twin_of(name: str, count: int) -> Function:
    """The twin of a function of SQLite's own."""
    twin = own_function(name, count).twin
    assert twin is not None
    return twin
