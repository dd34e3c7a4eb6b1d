"""One statement through all its stages, each thing with an id and the ids of what it was made from and became.

    tokens t1…  →  AST nodes a1…  →  bound expressions e1…  →  plan nodes p1…  →  instructions i0…  →  cursors c0…

Ids are given in order, so that compiling the same text for the same schema gives the same ids.  A plan node or an
expression that a pass left as it was keeps its id in the plans that follow; one that it replaced has the id of what
it was made from under ``from``.  What stands in the SQL has the syntax that asks for it under ``ast``; the nodes of a
view's query have the name that asks for the view.  An expression that nobody wrote, such as a column of ``*`` or a
condition that follows from others, has under ``within`` what it was made for: an expression, a plan node, or the
statement.  An instruction is ``for`` expressions, a plan node, or the whole statement.  Nothing of this is there before
it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.notes.names import name_object, scope_object
from foundrydb.compiler.bind.text import ExprText, expr_text
from foundrydb.compiler.codegen.attribution import Attribution, Purpose
from foundrydb.compiler.plan.describe import describe
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.nodes import Delete, RowWork, Update
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.syntax import ast
from foundrydb.vm.instruction import CURSOR, RANGE, REGISTER, WRITE, cursor_numbers
from foundrydb.vm.listing import COLUMNS, program_rows
from foundrydb.vm.ops.cursors import OpenRead, OpenWrite

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.names import Names
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.compiler.trees.fields import Fields

Item = dict[str, object]


def _start(span: tuple[int, int]) -> int:
    return span[0]


def _end(span: tuple[int, int]) -> int:
    return span[1]


@final
class Pieces:
    """Pieces of the SQL, in order and apart from one another."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []

    def take_in(self, start: int, end: int) -> None:
        """Add a piece; -1 stands for none, and one that overlaps others becomes one with them."""
        if start < 0:
            return
        first = bisect_right(self.spans, start, key=_end)
        last = max(first, bisect_left(self.spans, end, key=_start))
        if first < last:
            start, end = min(start, self.spans[first][0]), max(end, self.spans[last - 1][1])
        self.spans[first:last] = [(start, end)]

    def text(self, sql: str) -> str:
        """The pieces on one line, with dots between them."""
        return " … ".join([" ".join(sql[start:end].split()) for start, end in self.spans])


@final
class Provenance:
    """The chain of one compilation.

    Attributes:
        compilation: what it is about; names: its names, which tell where in the text a source stands.
        attribution: which nodes and expressions its instructions are for.
        readers: by a cursor's number, the node that reads rows through it.
        document: all of it as JSON can hold it.
    """

    def __init__(self, compilation: Compilation, names: Names, attribution: Attribution) -> None:
        self.compilation: Final = compilation
        self.names: Final = names
        self.attribution: Final = attribution
        self._items: Final[dict[int, Item]] = {}
        self._kept: Final[list[object]] = []
        self._expressions: Final[list[Item]] = []
        self._nodes: Final[list[Item]] = []
        self._cursors: Final[dict[int, Item]] = {}
        self._places: Final[dict[int, tuple[int, int]]] = {}
        self._written: Final[dict[tuple[int, int], ast.Node]] = {}
        self._pieces: Final[dict[int, Pieces]] = {}
        self.readers: Final = self._leaves_by_cursor()
        for name in names.found:
            if name.source is not None and name.kind not in ("column", "rowid", "star"):
                self._places.setdefault(name.source.number, (name.start, name.end))
        tokens = self._tokens()
        tree = self._tree(tokens)
        plans = self._plans()
        instructions = self._instructions()
        self.document: Final[Item] = {
            "sql": compilation.sql,
            "tokens": tokens,
            "ast": tree,
            "names": [
                {"id": f"n{i + 1}", **name_object(name, compilation.sql)}
                for i, name in enumerate(names.in_order())
            ],
            "scopes": [scope_object(scope) for scope in names.scopes],
            "expressions": self._expressions,
            "nodes": self._nodes,
            "plans": plans,
            "instructions": instructions,
            "cursors": [self._cursors[number] for number in sorted(self._cursors)],
        }

    def _keep(self, thing: object, item: Item) -> None:
        self._items[id(thing)] = item
        self._kept.append(thing)

    def id_of(self, thing: object) -> str | None:
        """The id of a node or expression, None where it has none."""
        item = self._items.get(id(thing))
        return None if item is None else str(item["id"])

    # text ---------------------------------------------------------------------------------------------------

    def _tokens(self) -> list[Item]:
        return [
            {
                "id": f"t{i + 1}",
                "kind": token.kind,
                "text": token.text,
                "start": token.start,
                "end": token.end,
            }
            for i, token in enumerate(self.compilation.tokens)
        ]

    def _tree(self, tokens: list[Item]) -> list[Item]:
        """The AST, parents first; each node with the tokens that it spans, its own as well as its children's."""
        found: list[Item] = []
        starts = [_number(token["start"]) for token in tokens]
        ends = [_number(token["end"]) for token in tokens]
        waiting: list[tuple[ast.Node, str | None]] = [(self.compilation.planned, None)]
        while waiting:
            node, parent = waiting.pop()
            first, last = bisect_left(starts, node.start), bisect_right(ends, node.end) - 1
            inside = [tokens[place]["id"] for place in dict.fromkeys((first, last)) if first <= last]
            item: Item = {
                "id": f"a{len(found) + 1}",
                "node": type(node).__name__,
                "start": node.start,
                "end": node.end,
                "parent": parent,
                "tokens": inside,
                "expressions": [],
                "nodes": [],
            }
            found.append(item)
            self._keep(node, item)
            if isinstance(node, ast.Expression):
                self._written.setdefault((node.start, node.end), node)
            waiting.extend((child, str(item["id"])) for child in reversed(node.children()))
        return found

    def _syntax(self, origin: Fields | None, here: bool = True) -> Item | None:
        """The syntax that something was made from.

        What stands for other syntax while names are looked up has its place: the smallest piece around that counts.
        here: it is of this text, not of a view's.
        """
        if not isinstance(origin, ast.Node):
            return None
        known = self._items.get(id(origin))
        if known is None and here:
            return self._around(origin.start, origin.end)
        return known

    def _around(self, start: int, end: int) -> Item:
        """The smallest piece of syntax around a place."""
        node: ast.Node = self.compilation.planned
        while (node.start, node.end) != (start, end):
            inside = [child for child in node.children() if child.start <= start and end <= child.end]
            if not inside:
                break
            node = inside[0]
        return self._items[id(node)]

    # expressions --------------------------------------------------------------------------------------------

    def expression(self, expr: Expr, holder: str) -> str:
        """The id of an expression, which is described with its operands when it is first met; holder: what holds it."""
        known = self.id_of(expr)
        if known is not None:
            return known
        item: Item = {"id": f"e{len(self._expressions) + 1}", "node": type(expr).__name__}
        self._expressions.append(item)
        self._keep(expr, item)
        own = str(item["id"])
        origin = expr.origin
        if origin is None:
            origin = self._written.get((expr.start, expr.end))  # it was made for what stands there
        syntax = self._syntax(origin, expr.start >= 0)
        item["text"] = expr_text(expr)
        item["start"], item["end"] = expr.start, expr.end
        item["ast"] = None if syntax is None else syntax["id"]
        item["from"] = self.expression(origin, holder) if isinstance(origin, Expr) else None
        item["within"] = holder if syntax is None and item["from"] is None else None
        item["operands"] = [self.expression(operand, own) for operand in expr.children()]
        item["instructions"] = []
        if syntax is not None:
            _list(syntax, "expressions").append(own)
        return own

    # plans --------------------------------------------------------------------------------------------------

    def _plans(self) -> list[Item]:
        plans: list[Item] = []
        for name, root in self.compilation.plans:
            ids = [self._node(node) for node in all_nodes(root)]
            plans.append({"after": name, "root": self.id_of(root), "nodes": ids})
        for kept in self._kept:
            if isinstance(kept, Node):
                self._items[id(kept)]["children"] = [self.id_of(child) for child in kept.children()]
        return plans

    def _node(self, node: Node) -> str:
        """The id of a plan node."""
        known = self.id_of(node)
        if known is not None:
            return known
        item: Item = {"id": f"p{len(self._nodes) + 1}", "node": type(node).__name__}
        self._nodes.append(item)
        self._keep(node, item)
        item["detail"] = describe(node, ExprText()).detail
        item["spans"] = self.pieces_of(node).spans
        own = str(item["id"])
        item["from"] = self._made_from(node)
        syntax = self._syntax(_first_origin(node))
        item["ast"] = None if syntax is None else syntax["id"]
        item["expressions"] = [
            self.expression(expr, own) for expr in node.expressions() + node.clause_expressions()
        ]
        item["rows"], item["cost"] = node.rows, node.cost
        item["instructions"] = []
        if syntax is not None:
            _list(syntax, "nodes").append(own)
        return own

    def _made_from(self, node: Node) -> str | None:
        """What a pass made a node from, as far back as a plan that was kept."""
        origin = node.origin
        while isinstance(origin, Node):
            known = self.id_of(origin)
            if known is not None:
                return known
            origin = origin.origin
        return None

    def pieces_of(self, node: Node) -> Pieces:
        """The SQL that a plan node is for: its expressions', and the name of the table that it reads or writes.

        What has neither in the text, such as the rows that ALTER TABLE writes anew, is for what asks for it.
        """
        known = self._pieces.get(id(node))
        if known is not None:
            return known
        pieces = self._pieces[id(node)] = Pieces()
        for expr in node.expressions():
            pieces.take_in(expr.start, expr.end)
        sources = [*node.made_sources(), *node.written_sources()]
        if isinstance(node, (Update, Delete)):
            sources.append(node.target)
        for source in sources:
            if source.number in self._places:
                pieces.take_in(*self._places[source.number])
        if isinstance(node, RowWork) and not pieces.spans:
            asking = _first_origin(node)
            if isinstance(asking, ast.Node):
                pieces.take_in(asking.start, asking.end)
        return pieces

    # instructions -------------------------------------------------------------------------------------------

    def _instructions(self) -> list[Item]:
        found: list[Item] = []
        program = self.compilation.program
        if program.explain:
            return found
        for row in program_rows(program):
            address = row[0]
            item: Item = {"id": f"i{address}"}
            for column, value in zip(COLUMNS, row):
                item[column] = value.hex() if isinstance(value, bytes) else value
            exprs = self.expressions_at(address)
            owner = self.owner_of(address)
            item["node"] = self.id_of(owner)
            holder = _STATEMENT if item["node"] is None else str(item["node"])
            item["expressions"] = [self.expression(expr, holder) for expr in exprs]
            item["for"] = "expressions" if exprs else "statement" if item["node"] is None else "node"
            item["spans"] = self.pieces_at(address).spans
            item["cursors"] = self._cursors_of(address, str(item["id"]))
            for expr in exprs:
                _list(self._items[id(expr)], "instructions").append(item["id"])
            if owner is not None and id(owner) in self._items:
                _list(self._items[id(owner)], "instructions").append(item["id"])
            found.append(item)
        return found

    def expressions_at(self, address: int) -> list[Expr]:
        """The expressions that an instruction evaluates, or that the constant is for which it loads."""
        noted = self.attribution.expressions
        if address < len(noted) and noted[address]:
            return noted[address]
        purpose = self._purpose(address)
        return [] if purpose is None else purpose.exprs

    def owner_of(self, address: int) -> Node | None:
        """The plan node that an instruction is for; to open a tree is for the node that reads it."""
        instruction = self.compilation.program.instructions[address]
        if isinstance(instruction, (OpenRead, OpenWrite)) and int(instruction.cursor) in self.readers:
            return self.readers[int(instruction.cursor)]
        owners = self.attribution.owners
        owner = owners[address] if address < len(owners) else None
        purpose = self._purpose(address)
        return owner if purpose is None else purpose.node

    def _purpose(self, address: int) -> Purpose | None:
        """What the constant is for that an instruction loads before the statement begins."""
        notes = self.attribution
        if address < len(notes.owners) and notes.owners[address] is None:
            instruction = self.compilation.program.instructions[address]
            for operand in instruction.OPERANDS:
                if operand.kind in (REGISTER, RANGE) and operand.role == WRITE:
                    return notes.constants.get(getattr(instruction, operand.name))
        return None

    def _leaves_by_cursor(self) -> dict[int, Node]:
        """The node that reads rows through a cursor, by the cursor's number: the first that has no node below it."""
        found: dict[int, Node] = {}
        for owner, instruction in zip(self.attribution.owners, self.compilation.program.instructions):
            if owner is not None and not owner.children():
                for number in cursor_numbers(instruction):
                    found.setdefault(number, owner)
        return found

    def pieces_at(self, address: int) -> Pieces:
        """The SQL that an instruction is for: that of the expressions that it evaluates, or else of its plan node."""
        pieces = Pieces()
        for expr in self.expressions_at(address):
            pieces.take_in(expr.start, expr.end)
        owner = self.owner_of(address)
        if not pieces.spans and owner is not None:
            return self.pieces_of(owner)
        return pieces

    def _cursors_of(self, address: int, instruction_id: str) -> list[str]:
        instruction = self.compilation.program.instructions[address]
        ids: list[str] = []
        for operand in instruction.OPERANDS:
            if operand.kind != CURSOR:
                continue
            number = int(getattr(instruction, operand.name))
            item = self._cursors.setdefault(
                number, {"id": f"c{number}", "opened_by": None, "tree": None, "root": None, "database": None}
            )
            if operand.opens:
                item["opened_by"] = instruction_id
            if isinstance(instruction, (OpenRead, OpenWrite)):
                item["tree"] = instruction.name
                item["root"] = int(instruction.root)
                item["database"] = int(instruction.db)
            _list(item, "instructions").append(instruction_id)
            ids.append(str(item["id"]))
        return ids


def _first_origin(node: Node) -> Fields | None:
    """The syntax that a plan node was first made for."""
    oldest: Fields | None = node
    while isinstance(oldest, Node):
        oldest = oldest.origin
    return oldest


_STATEMENT: Final = "a1"
"""The id of the statement itself, whose syntax is the first that gets one."""


def _list(item: Item, key: str) -> list[object]:
    """The list under a key, made where there is none."""
    held = item.setdefault(key, [])
    assert isinstance(held, list)
    return held


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def trace(compilation: Compilation) -> Provenance:
    """The chain of a compilation; its names are looked up and its code is made once more, this time with notes."""
    room = DeepRecursion()
    room.enter()
    try:
        return Provenance(compilation, compilation.names(), compilation.attributed())
    finally:
        room.leave()
