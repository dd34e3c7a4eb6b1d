"""How result values look as text: the quoting forms that the output modes share.

Everything here answers as the sqlite3 shell does.  The shell passes text around as C strings, so what it prints
of a text ends at the first NUL; a blob where no mode quotes blobs is read as text in the same way.  What is printed
as SQL is the exception: it means the whole text.
"""

from __future__ import annotations

import re
from typing import Final

from foundrydb.api.values.literals import real_literal, text_literal
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.storage.format.values import Value, decode_text, encode_text
from foundrydb.tools import late
from foundrydb.vm.arithmetic.real_text import real_to_text

_HTML: Final = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;"})
_JSON_SHORT: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_JSON: Final = str.maketrans({**{chr(c): f"\\u{c:04x}" for c in range(32)}, **_JSON_SHORT})
_C_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
# Patterns are compiled when they are first needed.
_CSV_UNSAFE: Final = "[^\x21\x23-\x26\x28-\x7e]"
_NUMBER: Final = r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?\Z"
_PLAIN_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*\Z"


def c_string(text: str) -> str:
    """The part of ``text`` before its first NUL."""
    end = text.find("\0")
    return text if end < 0 else text[:end]


def plain(value: Value) -> str | None:
    """The value as the shell prints it where nothing is quoted; None for NULL."""
    if value is None or isinstance(value, str):
        return value if value is None or "\0" not in value else c_string(value)
    if isinstance(value, float):
        return real_to_text(value)
    if isinstance(value, bytes):
        return c_string(decode_text(value, 1))
    return str(value)


def quoted(text: str) -> str:
    """``text`` as a SQL string literal."""
    return "'" + c_string(text).replace("'", "''") + "'"


def escaped(text: str) -> str:
    """``text`` as a SQL expression on one line: line ends are put back by ``replace``."""
    head = tail = ""
    newline = return_ = ""
    if "\n" in text:
        newline = _unused(text, "\\n", "\\012")
        head, tail = "replace(", f",'{newline}',char(10))"
    if "\r" in text:
        return_ = _unused(text, "\\r", "\\015")
        head, tail = "replace(" + head, f",'{return_}',char(13))" + tail
    return head + text_literal(text.replace("\n", newline).replace("\r", return_)) + tail


def _unused(text: str, *candidates: str) -> str:
    """The first candidate that does not occur in ``text``; if all do, one that is made not to."""
    for candidate in candidates:
        if candidate not in text:
            return candidate
    number = 0
    while f"({candidates[0]}{number})" in text:
        number += 1
    return f"({candidates[0]}{number})"


def literal(value: Value) -> str:
    """The value as a SQL literal, text on as many lines as it has."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return real_literal(value) if isinstance(value, float) else str(value)


def one_line_literal(value: Value) -> str:
    """The value as a SQL expression without line ends."""
    return escaped(value) if isinstance(value, str) else literal(value)


def json_string(text: str) -> str:
    """``text`` as a JSON string."""
    return '"' + text.translate(_JSON) + '"'


def json_value(value: Value) -> str:
    """The value as JSON; a blob becomes a string of its bytes, read as UTF-8."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return json_string(c_string(value))
    if isinstance(value, bytes):
        return json_string(decode_text(value, 1))
    return real_literal(value) if isinstance(value, float) else str(value)


def html_text(text: str) -> str:
    """``text`` with HTML's special characters replaced."""
    return text.translate(_HTML)


def c_literal(text: str) -> str:
    """``text`` as a string literal of C or Tcl, bytes outside ASCII in octal."""
    pieces = []
    for byte in encode_text(text, 1):
        char = chr(byte)
        pieces.append(_C_ESCAPES.get(char) or (char if 32 <= byte < 127 else f"\\{byte:03o}"))
    return '"' + "".join(pieces) + '"'


def csv_field(text: str, separator: str) -> str:
    """``text`` as a field of CSV, quoted where anything in it is unusual."""
    if text == "" or re.search(_CSV_UNSAFE, text) or separator in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def is_number(text: str) -> bool:
    """Whether ``text`` is a number as the shell knows one."""
    return re.match(_NUMBER, text) is not None


def identifier(name: str) -> str:
    """``name`` as it may stand in SQL: in double quotes unless it is a plain name and no keyword."""
    if re.match(_PLAIN_NAME, name) and not late.keywords.is_keyword(name):
        return name
    return quoted_name(name)
