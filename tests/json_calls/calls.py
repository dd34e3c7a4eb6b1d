"""Statements that call JSON functions, with their parameters."""

from __future__ import annotations

from json_calls.material import Material

Call = tuple[str, list[object]]

_COLUMNS = ("key", "value", "type", "atom", "id", "parent", "fullkey", "path", "root", "rowid")
SHOWN = "typeof({0}), CASE WHEN typeof({0}) IN ('text', 'blob') THEN hex({0}) ELSE {0} END"
"""A value in a form in which each byte of it can be compared."""


FLAGS = (1, 2, 4, 5, 6, 8, 9, 10, 15, 0, 16, None, "2x")
"""What json_valid() is asked for."""


class Maker:
    """Makes one statement after the other."""

    def __init__(self, seed: int) -> None:
        self.material = Material(seed)
        self.random = self.material.random
        self.parameters: list[object] = []

    def next(self) -> Call:
        """One more statement."""
        self.parameters = []
        chance = self.random.random()
        if chance < 0.12:
            sql = self.walk()
        elif chance < 0.2:
            sql = self.group()
        else:
            call = self.call(2)
            sql = f"SELECT {SHOWN.format('x')}, subtype({call}) FROM (SELECT {call} AS x LIMIT 1)"
        return sql, self.parameters

    def bound(self, value: object, text: bool = False) -> str:
        """A parameter of that value; ``text``: of its bytes, taken for text."""
        self.parameters.append(value)
        number = len(self.parameters)
        return f"CAST(?{number} AS TEXT)" if text else f"?{number}"

    def document(self, depth: int = 0) -> str:
        """An argument that should be JSON."""
        chance = self.random.random()
        if depth > 0 and chance < 0.15:
            return self.call(depth - 1)
        if chance < 0.65:
            return self.bound(self.material.json(), text=True)
        if chance < 0.93:
            return self.bound(self.material.jsonb())
        if chance < 0.96:
            return self.bound(self.material.json())
        return self.bound(self.random.choice((None, 1, 1.5, "", "x", b"", b"\x01")))

    def path(self) -> str:
        """An argument that should be a path."""
        if self.random.random() < 0.03:
            return self.bound(self.random.choice((None, 1, "a", "", b"$", b"$.a", "@", 1.5)))
        return self.bound(self.material.path())

    def value(self, depth: int) -> str:
        """Any argument."""
        chance = self.random.random()
        if depth > 0 and chance < 0.35:
            inner = self.call(depth - 1)
            wrapped = self.random.random()
            if wrapped < 0.05:
                return f"coalesce({inner}, 1)"
            if wrapped < 0.1:
                return f"CASE WHEN 1 THEN {inner} END"
            if wrapped < 0.13:
                return f"CAST({inner} AS TEXT)"
            return f"(SELECT {inner})" if wrapped < 0.16 else inner
        return self.bound(self.material.value())

    def call(self, depth: int) -> str:
        """A call, whose arguments may be calls."""
        make = self.random.choice(
            (self.simple, self.simple, self.extract, self.extract, self.extract, self.change, self.change, self.change,
             self.remove, self.patch, self.make, self.arrow, self.arrow, self.ask)
        )  # fmt: skip
        return make(depth)

    def b(self) -> str:
        """The letter by which the functions that give JSONB differ."""
        return self.random.choice(("", "", "b"))

    def simple(self, depth: int) -> str:
        """json(), json_valid(), …"""
        name = self.random.choice(
            (
                "json",
                "jsonb",
                "json_valid",
                "json_error_position",
                "json_type",
                "json_array_length",
                "json_pretty",
            )
        )
        document = self.document(depth)
        if name == "json_valid" and self.random.random() < 0.7:
            return f"json_valid({document}, {self.bound(self.random.choice(FLAGS))})"
        if name == "json_pretty" and self.random.random() < 0.3:
            return f"json_pretty({document}, {self.bound(self.random.choice(('', ' ', '--', None, 3, 'é')))})"
        return f"{name}({document})"

    def extract(self, depth: int) -> str:
        """json_extract() and its kin."""
        paths = ", ".join(self.path() for _ in range(self.random.choice((1, 1, 1, 2, 3))))
        return f"json{self.b()}_extract({self.document(depth)}, {paths})"

    def change(self, depth: int) -> str:
        """json_set() and its kin."""
        name = self.random.choice(("set", "insert", "replace", "array_insert"))
        pairs = "".join(
            f", {self.path()}, {self.value(depth)}" for _ in range(self.random.choice((0, 1, 1, 1, 2, 3)))
        )
        if self.random.random() < 0.01:
            pairs += f", {self.path()}"
        return f"json{self.b()}_{name}({self.document(depth)}{pairs})"

    def remove(self, depth: int) -> str:
        """json_remove()."""
        paths = "".join(f", {self.path()}" for _ in range(self.random.choice((0, 1, 1, 2, 3))))
        return f"json{self.b()}_remove({self.document(depth)}{paths})"

    def patch(self, depth: int) -> str:
        """json_patch()."""
        return f"json{self.b()}_patch({self.document(depth)}, {self.document(depth)})"

    def make(self, depth: int) -> str:
        """json_array(), json_object(), json_quote()."""
        chance = self.random.random()
        if chance < 0.2:
            return f"json_quote({self.value(depth)})"
        if chance < 0.6:
            values = ", ".join(self.value(depth) for _ in range(self.random.choice((0, 1, 2, 3))))
            return f"json{self.b()}_array({values})"
        members = ", ".join(
            f"{self.label()}, {self.value(depth)}" for _ in range(self.random.choice((0, 1, 2)))
        )
        return f"json{self.b()}_object({members})"

    def label(self) -> str:
        """A label for json_object()."""
        wrong = self.random.random() < 0.03
        return self.bound(1 if wrong else self.random.choice(("a", "b", "é", "", '"', "x" * 12)))

    def arrow(self, depth: int) -> str:
        """An arrow."""
        return f"({self.document(depth)} {self.random.choice(('->', '->>'))} {self.bound(self.material.arrow())})"

    def ask(self, depth: int) -> str:
        """json_type() and json_array_length() with a path."""
        return (
            f"{self.random.choice(('json_type', 'json_array_length'))}({self.document(depth)}, {self.path()})"
        )

    def walk(self) -> str:
        """json_each() or json_tree()."""
        name = self.random.choice(("json_each", "json_tree", "jsonb_each", "jsonb_tree"))
        arguments = self.document(1)
        if self.random.random() < 0.4:
            arguments += ", " + self.path()
        shown = ", ".join(SHOWN.format(column) for column in _COLUMNS)
        return f"SELECT {shown}, subtype(value) FROM {name}({arguments})"

    def group(self) -> str:
        """An aggregate over a few values."""
        rows = " UNION ALL ".join(
            f"SELECT {self.bound(self.random.choice(('a', 'b', None, 1)))} AS k, {self.value(1)} AS v"
            for _ in range(self.random.choice((1, 2, 3)))
        )
        name = self.random.choice(("json_group_array(v)", "jsonb_group_array(v)", "json_group_object(k, v)",
                                   "jsonb_group_object(k, v)", "json_group_array(json_array(v))"))  # fmt: skip
        return f"SELECT {SHOWN.format(name)}, subtype({name}) FROM ({rows})"
