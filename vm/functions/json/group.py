"""The aggregate functions that make JSON of a group's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import mypyc_attr

from foundrydb.errors import Error
from foundrydb.storage.format.values import Collation, Value
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.json.jsonb import MALFORMED
from foundrydb.vm.functions.json.render import json_text
from foundrydb.vm.functions.json.subtype import marked
from foundrydb.vm.functions.json.values import as_json, blob_of
from foundrydb.vm.functions.scalar import (
    DETERMINISTIC,
    MARKING,
    RETURNS_SUBTYPE,
    TAKES_SUBTYPE,
    WINDOW,
    Function,
    own_function,
)
from foundrydb.vm.functions.text.text_functions import until_nul
from foundrydb.vm.limits import check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_GONE: Final = 1000
"""So many parts may have left a window's frame before the list of parts is made anew."""


@mypyc_attr(acyclic=True)
class PartsState(Accumulator):
    """The members of an array or object that is put together."""

    def __init__(self, function: JsonGroup) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._failure: Error | None = None
        self._function: Final = function
        self._first = 0
        self._length = 0

    def json(self, value: Value) -> str:
        """A value as JSON; JSONB that is malformed is told of at the end, if nothing else goes wrong, as in SQLite."""
        if not isinstance(value, bytes):
            return as_json(value)
        try:
            return as_json(value)
        except Error as wrong:
            if wrong.message != MALFORMED:
                raise
            self._failure = wrong
            return ""

    def add(self, part: str) -> None:
        """Take one more in."""
        self._length += len(part) + 1
        check_length(self._length)
        self.parts.append(part)

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``: the first one goes, whatever the row was, as in SQLite."""
        if self._first == len(self.parts):
            return
        self._length -= len(self.parts[self._first]) + 1
        self.parts[self._first] = ""
        self._first += 1
        if self._first > _GONE and self._first * 2 > len(self.parts):
            del self.parts[: self._first]
            self._first = 0

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        if self._failure is not None:
            raise self._failure
        parts = self.parts if self._first == 0 else self.parts[self._first :]
        return self._function.result(",".join(parts), len(self.parts) > 0)


@final
@mypyc_attr(acyclic=True)
class ArrayState(PartsState):
    """json_group_array(X)"""

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self.add(self.json(args[0]))

    def step_one(self, arg: Value) -> None:
        """See ``Accumulator.step_one``."""
        self.add(self.json(arg))


@final
@mypyc_attr(acyclic=True)
class ObjectState(PartsState):
    """json_group_object(LABEL, X)"""

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``: a row without a label is left out."""
        label = args[0]
        if label is not None:
            self.add(json_text(until_nul(to_text(label))) + ":" + self.json(args[1]))

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        if args[0] is not None:
            super().inverse(args)


@final
class JsonGroup(AggregateFunction):
    """json_group_array(X), json_group_object(LABEL, X)

    Attributes:
        opening, closing: the brackets.
        binary: the result is JSONB.
        marks: the result has the subtype of JSON.
    """

    def __init__(self, name: str, count: int, brackets: str, doc: str, marks: bool = False) -> None:
        flags = DETERMINISTIC | WINDOW | TAKES_SUBTYPE | RETURNS_SUBTYPE | (MARKING if marks else 0)
        super().__init__(name, count, count, doc, flags)
        self.brackets: Final = brackets
        self.binary: Final = name.startswith("jsonb")
        self.marks: Final = marks
        self._twin: Function | None = None

    @property
    def twin(self) -> Function | None:
        """See ``Function.twin``."""
        if self._twin is None:
            self._twin = JsonGroup(self.name, self.max_args, self.brackets, self.doc, True)
        return self._twin

    def __reduce__(self) -> tuple[object, ...]:
        return _pickled, (self.name, self.max_args, self.marks)

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return ObjectState(self) if self.max_args == 2 else ArrayState(self)

    def result(self, members: str, any_rows: bool) -> Value:
        """The array or object of these members; an array of some rows has no subtype if it is JSONB, as in SQLite."""
        text = self.brackets[0] + members + self.brackets[1]
        value: Value = blob_of(text) if self.binary else text
        unmarked = self.binary and any_rows and self.max_args == 1
        return marked(value) if self.marks and not unmarked else value


def _pickled(name: str, count: int, marks: bool) -> Function:
    function = own_function(name, count)
    twin = function.twin
    assert twin is not None
    return twin if marks else function


_ARRAY: Final = "An array of X in all rows"
_OBJECT: Final = "An object of LABEL and X in all rows in which LABEL is not NULL"

FUNCTIONS: Final[list[Function]] = [
    JsonGroup("json_group_array", 1, "[]", _ARRAY),
    JsonGroup("jsonb_group_array", 1, "[]", _ARRAY + ", as JSONB"),
    JsonGroup("json_group_object", 2, "{}", _OBJECT),
    JsonGroup("jsonb_group_object", 2, "{}", _OBJECT + ", as JSONB"),
]
