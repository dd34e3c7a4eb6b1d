"""Writes the Python text of the classes that a file of declarations asks for."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from foundrydb.compiler.trees.declarations import (
    PRIMITIVES,
    Class,
    Computed,
    Declarations,
    FieldDeclaration,
    Method,
    RootClass,
)
from foundrydb.compiler.trees.members import annotation, gathered, replaced, shape, taken


@dataclass
class Style:
    """How the classes of one tree differ from those of the others.

    Attributes:
        sequence: the template of the type that ``*`` stands for.
        origins: whether a node knows the one that it was made from.
        agrees: whether a node can be asked if another says the same, operands aside.
    """

    sequence: str
    origins: bool
    agrees: bool = False


@dataclass
class KnownClasses:
    """What is known of the classes of a tree, and of those that it speaks of.

    Attributes:
        bases: the class that each extends.
        parts: the parts that hold expressions.
        makers: the parts that make sources.
    """

    bases: dict[str, str] = dataclasses.field(default_factory=dict)
    parts: set[str] = dataclasses.field(default_factory=set)
    makers: set[str] = dataclasses.field(default_factory=set)

    def is_a(self, name: str, root: str) -> bool:
        """Whether a class is ``root`` or extends it."""
        while name != root:
            if name not in self.bases:
                return False
            name = self.bases[name]
        return True


_MADE = {
    "": ["out.extend({0}.made_sources())"],
    "?": ["if {0} is not None:", "    out.extend({0}.made_sources())"],
    "*": ["for part in {0}:", "    out.extend(part.made_sources())"],
}
"""Lines that add the sources which a field's parts make to a list."""


_LISTED = {"": "{0}", "?": "*([] if {0} is None else [{0}])", "*": "*{0}"}
"""The item of a list that the source in a field is, or the sources."""


class ClassWriter:
    """Writes one class.

    Attributes:
        root: the base class written by hand.
        computed: what the constructor computes, by the attribute's name.
        origins: whether a node knows the one that it was made from.
    """

    def __init__(
        self, declared: Class, chain: list[Class | RootClass], style: Style, known: KnownClasses
    ) -> None:
        root = chain[0]
        assert isinstance(root, RootClass)
        self.declared = declared
        self.name = declared.name
        self.inherited = [
            field for owner in chain[1:-1] if isinstance(owner, Class) for field in owner.fields
        ]
        self.fields = [*self.inherited, *declared.fields]
        self.root = root
        self.style = style
        self.origins = style.origins and root.name != "Part"
        self.known = known
        self.computed: dict[str, Computed] = {}
        for owner in chain:
            self.computed.update({item.name: item for item in owner.computed})
        self.lines: list[str] = []

    def write(self) -> str:
        """The class's text."""
        marks = [] if self.declared.abstract else ["@final"]
        self.lines = [*marks, f"class {self.name}({self.declared.base}):", *self._docstring(), ""]
        if self.declared.abstract:
            self._abstract()
        else:
            self._names()
            self._constructor()
            self._generic()
            self._specific()
            for method in self.declared.methods:
                self._method(method)
        while not self.lines[-1]:
            self.lines.pop()
        return "\n".join(self.lines) + "\n"

    def _docstring(self) -> list[str]:
        lines = ('"""' + self.declared.doc).split("\n")
        items: list[FieldDeclaration | Computed] = [*self.declared.fields, *self.declared.computed]
        described = [item for item in items if item.doc]
        if described:
            lines += ["", "Attributes:"]
            for item in described:
                first, *rest = item.doc.split("\n")
                lines += [f"    {item.name}: {first}", *(f"        {line}" for line in rest)]
            lines.append('"""')
        else:
            lines[-1] += '"""'
        return [f"    {line}" if line else "" for line in lines]

    def _body(self, heading: str, lines: list[str]) -> None:
        """Add a method."""
        self.lines += [f"    {heading}", *(f"        {line}" for line in lines), ""]

    def _annotation(self, field: FieldDeclaration) -> str:
        return annotation(field, self.style.sequence)

    def _names(self) -> None:
        names = "".join(f'"{field.name}", ' for field in self.fields).rstrip()
        if len(self.fields) > 1:
            names = names.rstrip(",")
        self.lines += [f"    FIELDS: ClassVar[tuple[str, ...]] = ({names})", ""]

    # -- the constructor

    def _root_names(self) -> list[str]:
        """The parameters of the root's constructor that all classes take."""
        return [parameter.partition(":")[0] for parameter in self.root.parameters]

    def _parameters(self) -> list[tuple[str, str]]:
        """Name and text of the constructor's parameters: what has a default comes last."""
        placed = [(name, text) for name, text in zip(self._root_names(), self.root.parameters)]
        fields = [(field, self._parameter(field)) for field in self.fields]
        first = [item for item in placed if "=" not in item[1]]
        first += [(field.name, text) for field, text in fields if not field.default]
        last = [item for item in placed if "=" in item[1]]
        return first + last + [(field.name, text) for field, text in fields if field.default]

    def _parameter(self, field: FieldDeclaration) -> str:
        text = f"{field.name}: {self._annotation(field)}"
        if field.default == "[]":
            return f"{text} | None = None"
        return f"{text} = {field.default}" if field.default else text

    def _constructor(self) -> None:
        if not self.declared.fields and not self.root.computed:
            return
        above = [item.name for item in self.root.computed]
        lines: list[str] = []
        arguments = [*self._root_names(), *self._computed_arguments(above, lines)]
        arguments += [field.name for field in sorted(self.inherited, key=lambda one: bool(one.default))]
        if self.root.has_constructor:
            lines.append(f"super().__init__({', '.join(arguments)})")
        for field in self.declared.fields:
            if field.default == "[]":
                value = f"[] if {field.name} is None else {field.name}"
                lines.append(f"self.{field.name}: Final[{self._annotation(field)}] = {value}")
            elif field.name not in above:
                lines.append(f"self.{field.name}: Final = {field.name}")
        for item in self.computed.values():
            if item.name not in above:
                lines.append(f"self.{item.name}: Final = {item.code}")
        parameters = "".join(f", {text}" for _, text in self._parameters())
        self._body(f"def __init__(self{parameters}) -> None:", lines)

    def _computed_arguments(self, above: list[str], lines: list[str]) -> list[str]:
        """The arguments of the root's constructor that are computed; ``lines`` gets what has to be done before."""
        given = {field.name for field in self.fields}
        codes = {name: self.computed[name].code for name in above if name not in given}
        arguments: list[str] = []
        for place, name in enumerate(above):
            code = codes.get(name, name)
            if "(operands)" in code:
                before, operands = gathered(self.operands("Expr"), "", "Expr", self.known.parts)
                lines += before
                code = code.replace("(operands)", f"({operands})")
            if name in codes and any(
                re.search(rf"\b{name}\b", codes.get(later, "")) for later in above[place + 1 :]
            ):
                lines.append(f"{name} = {code}")
                code = name
            arguments.append(code)
        return arguments

    def _abstract(self) -> None:
        """What an abstract class holds for those that extend it."""
        if self.declared.fields:
            self._constructor()
            self._sources()
        for method in self.declared.methods:
            self._body(
                f"def {method.name}(self) -> {self.name}:",
                [f'"""{method.doc}"""', "raise NotImplementedError"],
            )

    # -- what every class has

    def _generic(self) -> None:
        values = ", ".join(f"self.{field.name}" for field in self.fields)
        self._body("def values_of_fields(self) -> list[object]:", [f"return [{values}]"])
        if not self.style.origins:
            casts = {f.name: f'cast("{self._annotation(f)}", values[{i}])' for i, f in enumerate(self.fields)}
            self._made(f"def with_fields(self, values: list[object]) -> {self.root.name}:", [], casts)

    def _made(self, heading: str, lines: list[str], values: dict[str, str], doc: str = "") -> None:
        """A method that gives the same node with other ``values``; where there is provenance, it keeps that."""
        arguments = [values.get(name, f"self.{name}") for name, _ in self._parameters()]
        made = f"{self.name}({', '.join(arguments)})"
        documented = [f'"""{doc}"""'] if doc else []
        if self.origins:
            self._body(heading, [*documented, *lines, f"made = {made}", "made.origin = self", "return made"])
        else:
            self._body(heading, [*documented, *lines, f"return {made}"])

    def _method(self, method: Method) -> None:
        types = {field.name: self._annotation(field) for field in self.fields}
        types |= {p.partition(":")[0]: p.partition(": ")[2].partition(" =")[0] for p in self.root.parameters}
        parameters = "".join(f", {name}: {types[name]}" for name in method.fields)
        heading = f"def {method.name}(self{parameters}) -> {self.name}:"
        self._made(heading, [], {name: name for name in method.fields} | method.fixed, method.doc)

    # -- what the declaration says of fields

    def operands(self, root: str) -> list[FieldDeclaration]:
        """The fields that hold nodes of the tree of ``root``, or parts with such, in order."""
        found = []
        for field in self.fields:
            held = any(self.known.is_a(name, root) for name in field.base)
            if held or (root == "Expr" and set(field.base) & self.known.parts):
                found.append(field)
        return found

    def _specific(self) -> None:
        if self.root.name == "Expr":
            self._access(self.operands("Expr"), "children", "Expr", "Expr")
            self._agrees("Expr")
        elif self.root.name == "Part":
            self._sources()
            if self.name in self.known.parts:
                self._part()
                if self.style.agrees:
                    self._agrees("Part")
        elif self.origins:
            self._node()

    def _node(self) -> None:
        """What a relation has: those that it is made of, its expressions, and its sources."""
        root = self.root.name
        own = self.operands("Expr")
        below = self.operands(root)
        self._access(below, "children", root, root)
        if root == "Node" and len(below) == 1 and not below[0].marks:
            self._body("def only_child(self) -> Node | None:", [f"return self.{below[0].name}"])
        self._access([f for f in own if f.role not in ("clause", "apart")], "expressions", "Expr", root)
        self._access([f for f in own if f.role == "clause"], "clause_expressions", "Expr", root)
        self._sources()
        written = [field for field in self.fields if set(field.base) & self.known.makers]
        if written:
            lines = ["out: list[Source] = []"]
            for field in written:
                lines += [line.format("self." + field.name) for line in _MADE[field.marks]]
            self._body("def written_sources(self) -> list[Source]:", [*lines, "return out"])

    def _sources(self) -> None:
        """The methods that give the sources which an object of the class makes."""
        made = [field for field in self.declared.fields if field.role == "makes"]
        if not made:
            return
        names = [_LISTED[field.marks].format(f"self.{field.name}") for field in made]
        self._body("def made_sources(self) -> list[Source]:", [f"return [{', '.join(names)}]"])
        if self.root.name == "Part":
            self._body("def made_entities(self) -> list[Entity]:", ["return [*self.made_sources()]"])
        elif not made[0].marks:
            self._body("def made_source(self) -> Source | None:", [f"return self.{made[0].name}"])

    def _access(self, fields: list[FieldDeclaration], name: str, element: str, result: str) -> None:
        """The method ``name``, which gives what some fields hold, and ``with_`` it."""
        if not fields:
            return
        lines, gathering = gathered(fields, "self.", element, self.known.parts)
        taking, values = replaced(fields, name, self.known.parts)
        unless = fields[0].unless
        if unless:
            lines = [f"if self.{unless}:", "    return []", *lines]
            taking = [f"if self.{unless}:", "    return self", *taking]
        self._body(f"def {name}(self) -> list[{element}]:", [*lines, f"return {gathering}"])
        self._made(f"def with_{name}(self, {name}: list[{element}]) -> {result}:", taking, values)

    def _part(self) -> None:
        """The expressions of a part, and the part over others."""
        fields = self.operands("Expr")
        lines, gathering = gathered(fields, "self.", "Expr", self.known.parts)
        self._body("def expressions(self) -> list[Expr]:", [*lines, f"return {gathering}"])
        values = {field.name: taken(field, self.known.parts) for field in fields}
        self._made(f"def fed(self, feed: Feed[Expr]) -> {self.name}:", [], values)
        heading = f"def with_expressions(self, expressions: list[Expr]) -> {self.name}:"
        self._body(heading, ["return self.fed(Feed(expressions))"])

    def _agrees(self, result: str) -> None:
        """Whether another node of the class says the same, operands aside."""
        tests = [f"isinstance(other, {self.name})"]
        for field in self.fields:
            if field.role != "aside":
                tests += self._agreement(field)
        if len(tests) > 1:
            self._body(f"def agrees(self, other: {result}) -> bool:", [f"return {' and '.join(tests)}"])

    def _agreement(self, field: FieldDeclaration) -> list[str]:
        """What has to hold for a field of two nodes."""
        own, other = f"self.{field.name}", f"other.{field.name}"
        kind = shape(field, self.known.parts)
        base = field.base[0]
        if kind in ("part*", "alternating") or self.known.is_a(base, "Expr"):
            tests = {"?": f"({own} is None) == ({other} is None)", "*": f"len({own}) == len({other})"}
            tests["part*"] = f"all_agree({own}, {other})"
            return [tests[kind]] if kind in tests else []
        if base in ("Source", "Subquery", "Function"):
            return [f"{own} is {other}"]
        if base == "Value":
            return [f"same_value({own}, {other})"]
        return [f"{own} == {other}"]


def write_classes(found: Declarations, style: Style, known: KnownClasses) -> list[str]:
    """The texts of all classes, bases before the classes that extend them."""
    roots = {root.name: root for root in found.roots}
    by_name = {declared.name: declared for declared in found.classes}
    know(found, known)
    texts: list[str] = []
    for declared in _ordered(found):
        chain: list[Class | RootClass] = [declared]
        owner = declared.base
        while owner in by_name:
            chain.insert(0, by_name[owner])
            owner = by_name[owner].base
        chain.insert(0, roots[owner])
        texts.append(ClassWriter(declared, chain, style, known).write())
    return texts


def know(found: Declarations, known: KnownClasses) -> None:
    """Take note of a file's classes, and check that every name in it is declared or imported."""
    names = {*PRIMITIVES, *(root.name for root in found.roots), *(c.name for c in found.classes)}
    names |= {name for item in found.imports for name in item.names}
    for declared in found.classes:
        known.bases[declared.name] = declared.base
        for name in [declared.base, *(name for field in declared.fields for name in field.base)]:
            if name not in names:
                raise ValueError(f"{declared.name} speaks of {name}, which is not declared")
    for declared in found.classes:
        types = {name for field in declared.fields if field.role != "apart" for name in field.base}
        if known.is_a(declared.name, "Part"):
            if types & known.parts or any(known.is_a(name, "Expr") for name in types):
                known.parts.add(declared.name)
            if any(field.role == "makes" for field in declared.fields):
                known.makers.add(declared.name)


def _ordered(found: Declarations) -> list[Class]:
    """Bases before the classes that extend them; otherwise as declared."""
    done = {root.name for root in found.roots}
    result: list[Class] = []
    waiting = list(found.classes)
    while waiting:
        ready = next(declared for declared in waiting if declared.base in done)
        waiting.remove(ready)
        done.add(ready.name)
        result.append(ready)
    return result
