"""The aggregate functions that make JSON of a group's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import Error
from foundrydb.storage.format.values import UTF8, Collation, Value, encode_text
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.json.jsonb import MALFORMED
from foundrydb.vm.functions.json.render import quoted_into, text_of_bytes
from foundrydb.vm.functions.json.subtype import marked
from foundrydb.vm.functions.json.values import blob_of, value_into
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

_GONE: Final = 1 << 16
"""So many bytes of what has left a window's frame are kept at least."""


@mypyc_attr(acyclic=True)
class MembersState(Accumulator):
    """The members of an array or object that is put together, as text: each has a comma before it."""

    def __init__(self, function: JsonGroup, encoding: int) -> None:
        super().__init__()
        self._encoding: Final = encoding
        self.out = BytesWriter()
        self._failure: Error | None = None
        self._function: Final = function
        # Where the members begin that have not left the frame.
        self._first: i64 = 0
        self._any = False

    def add_value(self, value: Value) -> None:
        """Append a value; JSONB that is malformed is told of at the end, if nothing else goes wrong, as in SQLite."""
        out = self.out
        if isinstance(value, bytes):
            end: i64 = len(out)
            try:
                value_into(out, value)
            except Error as wrong:
                if wrong.message != MALFORMED:
                    raise
                out.truncate(end)
                self._failure = wrong
        else:
            value_into(out, value)
        self._any = True
        check_length(len(out))

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``: the first one goes, whatever the row was, as in SQLite."""
        out = self.out
        if self._first == i64(len(out)):
            return
        self._first = member_end(out, self._first + 1)
        if self._first > _GONE and self._first * 2 > i64(len(out)):
            rest = out.getvalue()[self._first :]
            self.out = BytesWriter()
            self.out.write(rest)
            self._first = 0

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        if self._failure is not None:
            raise self._failure
        return self._function.result(self.out.getvalue()[self._first + 1 :], self._any)


def member_end(out: BytesWriter, at: i64) -> i64:
    """Where the member at ``at`` ends: at the next comma that is in no text and in no container, or at the end."""
    end: i64 = len(out)
    depth: i64 = 0
    within = False
    while at < end:
        byte = i64(out[at])
        if byte == 0x22:
            within = not within
        elif byte == 0x5C:
            at += 1
        elif not within:
            if byte == 0x2C and depth == 0:
                break
            if byte == 0x5B or byte == 0x7B:
                depth += 1
            elif byte == 0x5D or byte == 0x7D:
                depth -= 1
        at += 1
    return min(at, end)


@final
@mypyc_attr(acyclic=True)
class ArrayState(MembersState):
    """json_group_array(X)"""

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self.step_one(args[0])

    def step_one(self, arg: Value) -> None:
        """See ``Accumulator.step_one``."""
        self.out.append(0x2C)
        self.add_value(arg)


@final
@mypyc_attr(acyclic=True)
class ObjectState(MembersState):
    """json_group_object(LABEL, X)"""

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``: a row without a label is left out."""
        label = args[0]
        if label is None:
            return
        out = self.out
        text = encode_text(until_nul(to_text(label, self._encoding)), UTF8)
        out.append(0x2C)
        quoted_into(out, text, 0, len(text))
        out.append(0x3A)
        self.add_value(args[1])

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

    def __init__(self, name: str, count: int, brackets: bytes, doc: str, marks: bool = False) -> None:
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
        encoding = context.encoding
        return ObjectState(self, encoding) if self.max_args == 2 else ArrayState(self, encoding)

    def result(self, members: bytes, any_rows: bool) -> Value:
        """The array or object of these members; an array of some rows has no subtype if it is JSONB, as in SQLite."""
        text = self.brackets[:1] + members + self.brackets[1:]
        value: Value = blob_of(text) if self.binary else text_of_bytes(text)
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
    JsonGroup("json_group_array", 1, b"[]", _ARRAY),
    JsonGroup("jsonb_group_array", 1, b"[]", _ARRAY + ", as JSONB"),
    JsonGroup("json_group_object", 2, b"{}", _OBJECT),
    JsonGroup("jsonb_group_object", 2, b"{}", _OBJECT + ", as JSONB"),
]
