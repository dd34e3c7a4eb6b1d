"""Reads a file of declarations.

A line is a comment (``--``), a directive, or part of a class; a blank line ends what stands together.  The comment at
the top is the docstring of the module, the one right above a class that of the class::

    -- What the file is about.

    import Collation, Value from foundrydb.storage.format.values
    import type Table from foundrydb.compiler.catalog
    export walk from foundrydb.compiler.example
    root Expr(start: int = -1, end: int = -1) from foundrydb.compiler.example
        = affinity: NONE

    -- What the class is.
    Cast(Expr)
        operand: Expr              -- what the field holds
        affinity: string
        = collation: operand.collation
        + with_affinity(affinity)  -- What the method gives.

``import type`` is for annotations only.  What is exported can be imported from the module.  A root is a base class
written by hand, with the parameters of its constructor that the constructors of all classes take too; parameters with
a default come after the fields without one.  (Without parentheses: it has no constructor.)

``abstract`` classes have no instances; their fields are those of the classes that extend them too, and their
methods are named for these to declare.  The type of a field is ``string``, ``bool``, ``int``, ``float``, ``bytes``,
a class, or a pair ``(int, Expr)``; behind it ``?`` says that it may be None, ``*`` that it is a sequence, from left
to right: ``Expr?*`` is a list of expressions or None.  A default follows after ``=``.  Before the name may stand
what the field is to the node:

    makes        a source whose columns the node computes
    clause       expressions of a clause that is evaluated for rows already written
    apart        expressions over the row that is written; none of the node's own
    alternating  its items take turns with those of the field before
    aside        does not count when two expressions are asked whether they say the same

and after its type ``unless name``: where the attribute of that name is true, the field counts as data.
``= name: code`` is an attribute that the constructor computes: an argument of the root's constructor where the root has
a line for it too, where ``operands`` are the class's own.  ``+ method(field, …)`` is a method that gives the same node
with other values of these fields; ``+ method(…): field = code`` has one value itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PRIMITIVES = {"string": "str", "bool": "bool", "int": "int", "float": "float", "bytes": "bytes"}

_IMPORT = re.compile(r"(import type|import|export) ([\w, ]+) from ([\w.]+)$")
_ROOT = re.compile(r"root (\w+)(?:\(([^)]*)\))? from ([\w.]+)$")
_CLASS = re.compile(r"(abstract )?(\w+)\((\w+)\)$")
_FIELD = re.compile(
    r"    (?:(makes|clause|apart|alternating|aside) )?(\w+): ([(]\w+, \w+[)]|\w+)([?*]*)"
    r"(?: = ([^ ]+))?(?: unless (\w+))?\s*(?:-- (.*))?$"
)
_COMPUTED = re.compile(r"    = (\w+): (.*?)\s*(?:-- (.*))?$")
_METHOD = re.compile(r"    \+ (\w+)\(([\w, ]*)\)(?:: (\w+) = (.+?))?\s*-- (.*)$")
_MORE = re.compile(r"\s+-- (.*)$")


@dataclass
class FieldDeclaration:
    """One field: what it is to its node, its name, its type, its default and what it holds.

    Attributes:
        base: the type without its marks: a name, or the two of a pair.
        marks: ``?`` and ``*`` in the order in which they apply.
    """

    role: str
    name: str
    base: tuple[str, ...]
    marks: str
    default: str
    unless: str
    doc: str


@dataclass
class Computed:
    """An attribute that the constructor computes."""

    name: str
    code: str
    doc: str


@dataclass
class Method:
    """A method that gives the same node with other values of some fields."""

    name: str
    fields: list[str]
    fixed: dict[str, str]
    doc: str


@dataclass
class Class:
    """One class of nodes."""

    name: str
    base: str
    abstract: bool
    doc: str
    fields: list[FieldDeclaration] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)
    methods: list[Method] = field(default_factory=list)


@dataclass
class RootClass:
    """A base class written by hand.

    Attributes:
        has_constructor: whether it has one, which the classes' own have to call.
        parameters: of that constructor, with their types and defaults.
        computed: the arguments that it takes after these.
    """

    name: str
    module: str
    has_constructor: bool
    parameters: list[str]
    computed: list[Computed] = field(default_factory=list)


@dataclass
class Import:
    """Names from another module; ``word`` is ``import``, ``import type`` or ``export``."""

    word: str
    names: list[str]
    module: str


@dataclass
class Declarations:
    """What a file declares, in its order."""

    doc: str
    imports: list[Import]
    roots: list[RootClass]
    classes: list[Class]


class DeclarationReader:
    """Reads the lines of one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = Declarations("", [], [], [])
        self.docs: list[str] = []
        self.owner: Class | RootClass | None = None

    def read(self, text: str) -> Declarations:
        """The declarations of a text; ValueError names a line that is none."""
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                self.found.doc = self.found.doc or "\n".join(self.docs)
                self.docs = []
            elif line.startswith("--"):
                self.docs.append(line[2:].strip())
            elif not (self._directive(line) or self._member(line)):
                raise ValueError(f"{self.name}:{number}: not a declaration: {line}")
        return self.found

    def _directive(self, line: str) -> bool:
        """Take a line that begins at the margin."""
        if match := _IMPORT.match(line):
            self.found.imports.append(Import(match[1], match[2].split(", "), match[3]))
        elif match := _ROOT.match(line):
            parameters = match[2].split(", ") if match[2] else []
            self.owner = RootClass(match[1], match[3], match[2] is not None, parameters)
            self.found.roots.append(self.owner)
        elif match := _CLASS.match(line):
            self.owner = Class(match[2], match[3], bool(match[1]), "\n".join(self.docs))
            self.found.classes.append(self.owner)
        else:
            return False
        return True

    def _member(self, line: str) -> bool:
        """Take an indented line, which belongs to the class above it."""
        owner = self.owner
        if match := _COMPUTED.match(line):
            if owner is not None:
                owner.computed.append(Computed(match[1], match[2], match[3] or ""))
        elif not isinstance(owner, Class):
            return False
        elif match := _METHOD.match(line):
            names = match[2].split(", ") if match[2] else []
            owner.methods.append(Method(match[1], names, {match[3]: match[4]} if match[3] else {}, match[5]))
        elif match := _FIELD.match(line):
            base = tuple(match[3].strip("()").split(", "))
            owner.fields.append(
                FieldDeclaration(
                    match[1] or "", match[2], base, match[4], match[5] or "", match[6] or "", match[7] or ""
                )
            )
        elif (match := _MORE.match(line)) and owner.fields:
            owner.fields[-1].doc += "\n" + match[1]
        else:
            return False
        return True
