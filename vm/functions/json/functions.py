"""The JSON functions that take one row's values, all but those that change a document (``changes``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.vm.arithmetic.cast import to_integer
from foundrydb.vm.functions.json.documents import document_of, documents_of, jsonb_of, rendered, text_of
from foundrydb.vm.functions.json.function import JsonFunction
from foundrydb.vm.functions.json.jsonb import ARRAY, TYPE_NAMES, kind_at
from foundrydb.vm.functions.json.parse import END, JsonReader
from foundrydb.vm.functions.json.paths import (
    NOT_FOUND,
    Path,
    abbreviated_path,
    array_length,
    locate,
    path_error,
    path_of,
)
from foundrydb.vm.functions.json.render import pretty, quoted_into, render_into, text_of_bytes
from foundrydb.vm.functions.json.subtype import marked, subtype_of
from foundrydb.vm.functions.json.validity import first_fault, is_jsonb
from foundrydb.vm.functions.json.values import sql_value, value_into
from foundrydb.vm.functions.scalar import (
    DETERMINISTIC,
    RETURNS_SUBTYPE,
    TAKES_SUBTYPE,
    Function,
    ScalarFunction,
)
from foundrydb.vm.functions.text.text_functions import until_nul

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_MAKES: Final = RETURNS_SUBTYPE | TAKES_SUBTYPE


@final
class Json(JsonFunction):
    """json(X) and jsonb(X)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X as plain JSON without blanks, or as JSONB."""
        blob = jsonb_of(args[0], context)
        if blob is None or self.binary:
            return blob
        return rendered(blob, 0, context)


@final
class JsonArray(JsonFunction):
    """json_array(X, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """An array of the arguments."""
        out = documents_of(context).writer()
        out.append(0x5B)
        for i, arg in enumerate(args):
            if i > 0:
                out.append(0x2C)
            value_into(out, arg)
        out.append(0x5D)
        return self.made(out.getvalue())


@final
class JsonObject(JsonFunction):
    """json_object(LABEL, X, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """An object of labels and values.

        Raises:
            OperationalError: a label is no text.
        """
        if len(args) % 2:
            raise error("json_object() requires an even number of arguments")
        failure: Error | None = None
        out = documents_of(context).writer()
        out.append(0x7B)
        for i in range(0, len(args), 2):
            label = args[i]
            if not isinstance(label, str):
                raise error("json_object() labels must be TEXT")
            if i > 0:
                out.append(0x2C)
            text = encode_text(label, UTF8)
            quoted_into(out, text, 0, len(text))
            out.append(0x3A)
            try:
                value_into(out, args[i + 1])
            except Error as wrong:
                failure = failure or wrong
        if failure is not None:
            raise failure
        out.append(0x7D)
        return self.made(out.getvalue())


@final
class JsonQuote(JsonFunction):
    """json_quote(X)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X as JSON."""
        out = documents_of(context).writer()
        value_into(out, args[0])
        return text_of_bytes(out.getvalue())


@final
class Extract(JsonFunction):
    """json_extract(X, PATH, …)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The value that a path leads to, NULL where there is none; of several paths an array of what they lead to."""
        count = len(args)
        if count < 2:
            return None
        blob = jsonb_of(args[0], context)
        if blob is None:
            return None
        if count > 2:
            return self._several(blob, args, context)
        path = args[1]
        if path is None:
            return None
        at = _located(blob, path, context)
        return None if at < 0 else sql_value(blob, at, self.binary)

    def call_marked(self, args: list[Value], context: Context) -> Value:
        """See ``JsonFunction.call_marked``: a value that is no container is none of JSON's."""
        value = self.call(args, context)
        if value is None or (len(args) == 2 and not self._leads_to_container(args, context)):
            return value
        return marked(value)

    def _leads_to_container(self, args: list[Value], context: Context) -> bool:
        blob = jsonb_of(args[0], context)
        assert blob is not None
        at = _located(blob, args[1], context)
        return at >= 0 and kind_at(blob, at) >= ARRAY

    def _several(self, blob: bytes, args: list[Value], context: Context) -> Value:
        failure: Error | None = None
        out = documents_of(context).writer()
        for path in args[1:]:
            if path is None:
                return None
            out.append(0x5B if len(out) == 0 else 0x2C)
            at = _located(blob, path, context)
            try:
                if at < 0:
                    out.write(b"null")
                else:
                    render_into(out, blob, at, 0)
            except Error as wrong:
                failure = failure or wrong
        if failure is not None:
            raise failure
        out.append(0x5D)
        return self.made(out.getvalue())


def _located(blob: bytes, path: Value, context: Context) -> i64:
    """Where a path leads; -1 where there is nothing.

    Raises:
        OperationalError: there is something wrong with the path or the JSON.
    """
    text = path if isinstance(path, str) else text_of(path, context)
    at = locate(blob, path_of(text))
    if at < NOT_FOUND:
        raise path_error(at, text)
    return at


@final
class Arrow(JsonFunction):
    """X -> PATH

    A path without ``$`` is the number of an element, or a label.
    """

    def call(self, args: list[Value], context: Context) -> Value:
        """The JSON that a path leads to."""
        blob = jsonb_of(args[0], context)
        if blob is None or args[1] is None:
            return None
        at = _arrived(blob, args[1], context)
        return None if at < 0 else rendered(blob, at, context)


@final
class ArrowValue(JsonFunction):
    """X ->> PATH"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The SQL value that a path leads to; of an array or object its text."""
        blob = jsonb_of(args[0], context)
        if blob is None or args[1] is None:
            return None
        at = _arrived(blob, args[1], context)
        return None if at < 0 else sql_value(blob, at, False)


def _arrived(blob: bytes, path: Value, context: Context) -> i64:
    """Where the path of an arrow leads; -1 where there is nothing.

    Raises:
        OperationalError: there is something wrong with the path or the JSON.
    """
    text = path if isinstance(path, str) else text_of(path, context)
    found: Path = abbreviated_path(text, isinstance(path, int))
    at = locate(blob, found)
    if at < NOT_FOUND:
        raise path_error(at, text)
    return at


@final
class ArrayLength(JsonFunction):
    """json_array_length(X, PATH)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """How many elements an array has; 0 for what is none."""
        blob = jsonb_of(args[0], context)
        if blob is None:
            return None
        at: i64 = 0
        if len(args) > 1:
            if args[1] is None:
                return None
            at = _located(blob, args[1], context)
            if at < 0:
                return None
        return array_length(blob, at) if kind_at(blob, at) == ARRAY else 0


@final
class JsonType(JsonFunction):
    """json_type(X, PATH)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The type of a document, or of what a path leads to in it."""
        blob = jsonb_of(args[0], context)
        if blob is None:
            return None
        at: i64 = 0
        if len(args) > 1:
            if args[1] is None:
                return None
            at = _located(blob, args[1], context)
            if at < 0:
                return None
        return TYPE_NAMES[kind_at(blob, at)]


@final
class JsonPretty(JsonFunction):
    """json_pretty(X, INDENT)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """X in lines, indented by four spaces for each level."""
        blob = jsonb_of(args[0], context)
        if blob is None:
            return None
        indent = "    "
        if len(args) > 1 and args[1] is not None:
            indent = until_nul(text_of(args[1], context))
        return pretty(blob, indent)


_PLAIN_TEXT: Final = 1
_EXTENDED_TEXT: Final = 2
_LIKE_JSONB: Final = 4
_STRICT_JSONB: Final = 8
"""What json_valid() may be asked to let pass."""


@final
class JsonValid(JsonFunction):
    """json_valid(X, FLAGS)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Whether X is JSON of one of the kinds that the flags say; plain JSON text without them."""
        flags = to_integer(args[1], context.encoding) if len(args) > 1 else _PLAIN_TEXT
        if not 1 <= flags <= 15:
            raise error("FLAGS parameter to json_valid() must be between 1 and 15")
        value = args[0]
        if value is None:
            return None
        if isinstance(value, bytes) and is_jsonb(value):
            if flags & _LIKE_JSONB:
                return 1
            return 1 if flags & _STRICT_JSONB and first_fault(value) == 0 else 0
        if not flags & (_PLAIN_TEXT | _EXTENDED_TEXT):
            return 0
        document = document_of(text_of(value, context), context)
        if document is None:
            return 0
        return 1 if flags & _EXTENDED_TEXT or not document.extended else 0


@final
class ErrorPosition(JsonFunction):
    """json_error_position(X)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The character at which X stops being JSON, or JSON5, from 1 on; 0 if it is JSON."""
        value = args[0]
        if value is None:
            return None
        if isinstance(value, bytes) and is_jsonb(value):
            return int(first_fault(value))
        data = encode_text(text_of(value, context), UTF8)
        reader = JsonReader()
        if reader.parse(data + END):
            return 0
        place = int(reader.error)
        return 1 + sum([1 for byte in data[:place] if byte & 0xC0 != 0x80])


@final
class Subtype(ScalarFunction):
    """subtype(X)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The number of the subtype that X has, 0 for none."""
        return subtype_of(args[0])


FUNCTIONS: Final[list[Function]] = [
    Extract("json_extract", 0, -1, "The value in the JSON X that PATH leads to", RETURNS_SUBTYPE),
    Arrow("->", 2, 2, "The JSON in the JSON X that PATH, a label or a number leads to", RETURNS_SUBTYPE),
    ArrowValue("->>", 2, 2, "The value in the JSON X that PATH, a label or a number leads to"),
    Extract("jsonb_extract", 0, -1, "The same as json_extract, arrays and objects as JSONB"),
    Json("json", 1, 1, "The JSON X without blanks, in plain JSON", RETURNS_SUBTYPE),
    Json("jsonb", 1, 1, "The JSON X as JSONB"),
    JsonArray("json_array", 0, -1, "An array of the arguments", _MAKES),
    JsonArray("jsonb_array", 0, -1, "An array of the arguments, as JSONB", _MAKES),
    JsonObject("json_object", 0, -1, "An object of labels and values in turn", _MAKES),
    JsonObject("jsonb_object", 0, -1, "An object of labels and values in turn, as JSONB", _MAKES),
    JsonQuote("json_quote", 1, 1, "The value X as JSON", _MAKES),
    JsonType(
        "json_type", 1, 1, "The type of the JSON X: null, true, false, integer, real, text, array, object"
    ),
    JsonType("json_type", 2, 2, "The type of what PATH leads to in the JSON X"),
    ArrayLength("json_array_length", 1, 1, "How many elements the JSON array X has"),
    ArrayLength(
        "json_array_length", 2, 2, "How many elements the array has that PATH leads to in the JSON X"
    ),
    JsonValid("json_valid", 1, 1, "Whether X is JSON text"),
    JsonValid(
        "json_valid", 2, 2, "Whether X is JSON: 1 text, 2 JSON5, 4 maybe JSONB, 8 JSONB, or a sum of these"
    ),
    ErrorPosition("json_error_position", 1, 1, "Where X stops being JSON, from 1 on; 0 if it is JSON"),
    JsonPretty("json_pretty", 1, 1, "The JSON X in lines, indented by four spaces"),
    JsonPretty("json_pretty", 2, 2, "The JSON X in lines, indented by INDENT"),
    Subtype("subtype", 1, 1, "74 if the function's result X is JSON, else 0", DETERMINISTIC | TAKES_SUBTYPE),
]
