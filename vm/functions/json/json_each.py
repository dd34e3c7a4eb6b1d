"""``json_each(JSON, PATH)`` and ``json_tree(JSON, PATH)``: the elements of a document as a table; ``jsonb_each`` and
``jsonb_tree`` are the same, but for values that are arrays or objects, which are JSONB.

https://sqlite.org/json1.html#jeach

json_each has the elements of one array or object, or the one element that is neither.  json_tree has the element that
the path leads to, and all that is in it, each container before what it holds.  ``id`` is where an element is in the
document's JSONB: the place of its label, if it has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.format.values import UTF8, Value, decode_text
from foundrydb.vm.arithmetic.cast import integer_prefix
from foundrydb.vm.functions.json.documents import documents_of, text_of
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    OBJECT,
    TYPE_NAMES,
    element_end,
    kind_at,
    malformed,
    payload,
)
from foundrydb.vm.functions.json.paths import (
    BAD_PATH,
    NOT_FOUND,
    Path,
    PathTrail,
    locate,
    path_error,
    path_of,
)
from foundrydb.vm.functions.json.subtype import marked
from foundrydb.vm.functions.json.validity import is_jsonb
from foundrydb.vm.functions.json.values import sql_value
from foundrydb.vm.functions.text.text_functions import until_nul
from foundrydb.vm.modules.module import Module, VirtualCursor, VirtualTable, columns_of
from foundrydb.vm.modules.strategy import ROWID, Request, Strategy

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

KEY: Final = 0
VALUE: Final = 1
TYPE: Final = 2
ATOM: Final = 3
ID: Final = 4
PARENT: Final = 5
FULLKEY: Final = 6
PATH: Final = 7
JSON: Final = 8
ROOT: Final = 9
"""The columns."""

WITH_JSON: Final = 1
WITH_ROOT: Final = 2
"""The bits of a strategy: which arguments are given.  They are SQLite's."""

NO_COST: Final = 1.0
NEVER: Final = 1e99
"""What a walk is said to cost, and one over no document."""


@final
@mypyc_attr(acyclic=True)
class Container:
    """An array or object that a walk is within.

    head: where its row's element begins, with its label.  start: where it begins itself.  end: where it ends.
    path: of what holds it.  key: the number of the current element, of an array.
    """

    def __init__(self, head: i64, start: i64, end: i64, path: bytes) -> None:
        self.head: Final[i64] = head
        self.start: Final[i64] = start
        self.end: Final[i64] = end
        self.path: Final = path
        self.key: i64 = -1


@final
@mypyc_attr(acyclic=True)
class JsonCursor(VirtualCursor):
    """A walk over elements, which is over once ``_at`` is not before ``_end``.

    Attributes:
        blob: the document as JSONB.
    """

    def __init__(self, json: Value, blob: bytes, recursive: bool, binary: bool) -> None:
        self._json: Final = json
        self.blob: Final = blob
        self._recursive: Final = recursive
        self._binary: Final = binary
        self._at: i64 = 0
        self._end: i64 = 0
        self._rowid: i64 = -1
        # The kind of what holds the current element, 0 for nothing; the containers around it, and their path.
        self._holder: i64 = 0
        self._containers: Final[list[Container]] = []
        self._path = b"$"
        self._root = b"$"

    def begin(self, root: bytes, at: i64, label: i64, inside: bool) -> None:
        """Walk over the element at ``at``, to which the path ``root`` leads.

        inside: a path has led there, from a container.
        """
        blob = self.blob
        self._root = root
        self._path = root
        self._at = at
        if inside:
            self._holder = OBJECT if label > 0 else ARRAY
            self._at = label if label > 0 else at
        self._end = element_end(blob, at)
        kind = kind_at(blob, at)
        if kind >= ARRAY and not self._recursive:
            self._holder = kind
            self._at = payload(blob, at)
            self._containers.append(Container(self._at, at, self._end, root))

    def next(self) -> bool:
        """See ``VirtualCursor.next``."""
        if self._rowid >= 0:
            if self._recursive:
                self._descend()
            else:
                self._at = self._element_end(self._value())
        if self._holder == ARRAY and self._containers:
            self._containers[-1].key += 1
        self._rowid += 1
        return self._at < self._end

    def _descend(self) -> None:
        """Move on to the first element of the current one, or else behind it, out of what ends there."""
        value = self._value()
        end = self._element_end(value)
        kind = kind_at(self.blob, value)
        containers = self._containers
        if kind in (ARRAY, OBJECT):
            containers.append(Container(self._at, value, end, self._path))
            if len(containers) > 1 and self._holder:
                self._path += self._name(len(containers) - 2)
            self._at = payload(self.blob, value)
        else:
            self._at = end
        while containers and self._at >= containers[-1].end:
            self._path = containers.pop().path
        self._holder = 0
        if containers:
            self._holder = kind_at(self.blob, containers[-1].start)

    def _element_end(self, at: i64) -> i64:
        if at < len(self.blob):
            end = element_end(self.blob, at)
            if end >= 0:
                return end
        raise malformed()

    def _value(self) -> i64:
        """Where the current element's value begins: behind its label."""
        if self._holder == OBJECT:
            return self._element_end(self._at)
        return self._at

    def _kind(self) -> i64:
        value = self._value()
        if value < len(self.blob):
            return kind_at(self.blob, value)
        return 0

    def column(self, i: int) -> Value:
        """See ``VirtualCursor.column``."""
        if i == VALUE:
            return sql_value(self.blob, self._value(), self._binary)
        if i == KEY:
            return self._key()
        if i == TYPE:
            return TYPE_NAMES[self._kind()]
        if i == ATOM:
            return sql_value(self.blob, self._value(), False) if self._kind() < ARRAY else None
        if i == ID:
            return int(self._at)
        if i == PARENT:
            return int(self._containers[-1].head) if self._containers and self._recursive else None
        if i == FULLKEY:
            containers = len(self._containers)
            return decode_text(self._path + (self._name(containers - 1) if containers else b""), UTF8)
        if i == PATH:
            return decode_text(self._path[: self._path_length()], UTF8)
        if i == ROOT:
            return decode_text(self._root, UTF8)
        return until_nul(self._json) if isinstance(self._json, str) else self._json

    def marked_column(self, i: int) -> Value:
        """See ``VirtualCursor.marked_column``: a value that is an array or object is JSON."""
        value = self.column(i)
        return marked(value) if i == VALUE and self._kind() >= ARRAY else value

    def rowid(self) -> int:
        """See ``VirtualCursor.rowid``."""
        return int(self._rowid)

    def _key(self) -> Value:
        """The label, or the number; of the root the last step of its path."""
        if self._containers:
            if self._holder == OBJECT:
                return sql_value(self.blob, self._at, False)
            return int(self._containers[-1].key)
        if len(self._root) == 1:
            return None
        step = self._root[self._path_length() :]
        if not step:
            return None
        if step[:1] == b"[":
            return integer_prefix(decode_text(step[1:-1], UTF8))
        return decode_text(step[2:-1] if step[1:2] == b'"' else step[1:], UTF8)

    def _name(self, depth: int) -> bytes:
        """The step from the container number ``depth`` to the current element."""
        if self._holder == ARRAY:
            return b"[%d]" % self._containers[depth].key
        label = self.blob[payload(self.blob, self._at) : self._element_end(self._at)]
        plain = label[:1].isalpha() and label.isalnum()
        label = label.partition(b"\0")[0]
        return b"." + label if plain else b'."' + label + b'"'

    def _path_length(self) -> int:
        """How much of the path leads to what holds the current element; for the root, all but the path's last step."""
        path = self._path
        size = len(path)
        if self._rowid == 0 and self._recursive and size >= 2:
            while size > 1:
                size -= 1
                if path[size] in b"[.":
                    at = locate(self.blob, Path(path[1:size]))
                    # As SQLite does: the root comes right after the header of what holds it, or it is not found.
                    if at >= 0 and payload(self.blob, at) == self._at:
                        break
        return size


@final
class JsonTable(VirtualTable):
    """json_each, and its kin."""

    def __init__(self, name: str) -> None:
        shown = ["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]
        super().__init__(name, columns_of(shown, ["json", "root"]), innocuous=True, subtyped=VALUE)
        self._recursive: Final = name.endswith("tree")
        self._binary: Final = name.startswith("jsonb")

    def choose(self, request: Request) -> Strategy | None:
        """See ``VirtualTable.choose``."""
        json = -1
        root = -1
        for place, condition in enumerate(request.conditions):
            if condition.op == "=" and condition.column == JSON:
                json = place
            elif condition.op == "=" and condition.column == ROOT:
                root = place
        ordered = bool(request.order) and request.order[0].column == ROWID and not request.order[0].descending
        if json < 0:
            return Strategy(0, "", [], [], cost=NEVER, ordered=ordered)
        taken = [json] if root < 0 else [json, root]
        number = WITH_JSON if root < 0 else WITH_JSON | WITH_ROOT
        return Strategy(number, "", taken, taken, cost=NO_COST, ordered=ordered)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """See ``VirtualTable.open``.

        Raises:
            OperationalError: there is something wrong with the document, or the path.
        """
        json = values[0] if number else None
        if json is None:
            return self._cursor(None, b"")
        if isinstance(json, bytes) and is_jsonb(json):
            cursor = self._cursor(json, json)
        else:
            written = text_of(json, context)
            document = documents_of(context).read(written)
            if document is None:
                raise malformed()
            cursor = self._cursor(written, document.blob)
        if not number & WITH_ROOT:
            cursor.begin(b"$", 0, 0, False)
        elif values[1] is not None:
            trail = documents_of(context).trail
            self._begin_at(cursor, until_nul(text_of(values[1], context)), trail)
        return cursor

    def _cursor(self, json: Value, blob: bytes) -> JsonCursor:
        return JsonCursor(json, blob, self._recursive, self._binary)

    def _begin_at(self, cursor: JsonCursor, root: str, trail: PathTrail) -> None:
        path = path_of(root)
        trail.begin()
        at = locate(cursor.blob, path, trail)
        if at == NOT_FOUND:
            return
        if at < 0:
            raise path_error(BAD_PATH, root)
        cursor.begin(path.whole, at, trail.label, len(path.steps) > 0)


@final
class JsonModule(Module):
    """json_each, and its kin."""

    def connect(self, arguments: list[str]) -> VirtualTable:
        """See ``Module.connect``."""
        return JsonTable(self.name)


MODULES: Final[list[Module]] = [
    JsonModule("json_each", "The elements of a JSON array or object."),
    JsonModule("json_tree", "The elements of a JSON document, and what is in them."),
    JsonModule("jsonb_each", "The same as json_each, arrays and objects as JSONB."),
    JsonModule("jsonb_tree", "The same as json_tree, arrays and objects as JSONB."),
]
