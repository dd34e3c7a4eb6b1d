"""Has Lark make LALR(1) tables of the grammar, and packs them for the parser.

Two files come out: ``grammar/tables.bin``, which the parser loads, and ``compiler/syntax/symbols.py``, the numbers
of terminals and actions as constants.  Run it after a change of a ``.lark`` file or of ``keywords.json``::

    python -m foundrydb.grammar.build            # write both
    python -m foundrydb.grammar.build --check    # fail when one of them is stale

**Default reductions.**  The reduction that most terminals ask for in a state is done for every terminal that
the state says nothing else about, the wrong ones included.  That never shifts a wrong terminal, so that errors
are found at the same place; it makes the tables small, and it is what SQLite's own parser does.

**Keywords that are names.**  Lark's tables say what a state does with each terminal.  SQLite lets many keywords
be names where they cannot be keywords.  Which comes first follows from the way its parser looks up an action, and
is baked into the tables here.  In a state, such a keyword does

1. what the state says for the keyword itself, its default reduction aside;
2. else what the state says for a name, its default reduction aside;
3. else the default reduction.

**Layout of tables.bin**, little-endian 16-bit numbers: eight of header (magic, states, terminals, nonterminals,
rules, cells, start state, end state), then

=========  ==========  =====================================================================================
section    numbers     content
=========  ==========  =====================================================================================
rows       states      where the state's row of terminals begins in the cells
gotos      states      where its row of nonterminals begins
defaults   states      the state's default reduction as in targets, 0 where it has none
rules      3 x rules   the nonterminal it makes, how many symbols it takes, its action
targets    cells       for a terminal: state + 1 to shift to it, -(rule + 1) to reduce; for a nonterminal:
                       the state to go to
owners     cells       where the row that the cell belongs to begins; to another row the cell says nothing
=========  ==========  =====================================================================================

Equal rows are stored once, and rows lie over one another where their gaps allow it.  A symbol's cell is the
beginning of the row plus the symbol's number (nonterminals are counted on from the terminals).
"""

from __future__ import annotations

import struct
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import lark

from foundrydb.grammar.keywords import keywords
from foundrydb.grammar.symbols import render

HERE = Path(__file__).parent
FILES = ("sql", "query", "expression", "change", "schema")
TABLES = HERE / "tables.bin"
SYMBOLS = HERE.parent / "compiler" / "syntax" / "symbols.py"
MAGIC = 0x4644

# Actions that any rule may name; they come first, in this order, and the driver runs them itself.
GENERIC = (
    "pass", "none", "second", "third", "fourth", "first", "append", "append_to", "empty_list", "true", "false",
    "empty_text",
)  # fmt: skip


def terminals() -> list[str]:
    """The grammar's terminals in the order of their numbers; the end of the text is number 0."""
    table = keywords()
    return [
        "$END",
        *table["others"],
        *table["symbols"],
        *sorted({*table["names"], *table["reserved"], "JOIN_KW"}),
    ]


def source() -> str:
    """The whole grammar as Lark reads it."""
    declared = " ".join(name for name in terminals() if name != "$END")
    return "\n".join(
        [f"%declare {declared}", *((HERE / f"{name}.lark").read_text(encoding="utf-8") for name in FILES)]
    )


def load_lark(lexer: object, **options: Any) -> Any:
    """Lark's own parser for the grammar, reading tokens from ``lexer`` (a class as Lark's ``lexer`` option wants)."""
    return lark.Lark(
        source(), parser="lalr", lexer=lexer, keep_all_tokens=True, maybe_placeholders=False, **options
    )


class _NoLexer(lark.lexer.Lexer):
    def __init__(self, conf: object) -> None: ...

    def lex(self, *arguments: object) -> Any:
        """No tokens: only the tables are wanted."""
        return iter(())


class Grammar:
    """Lark's tables with everything numbered.

    Attributes:
        terminals: names by number.
        nonterminals: names by number, counted from ``len(terminals)``.
        actions: names of the actions by number: the generic ones, then each file's in order of appearance.
        groups: for each file, the first of its actions' numbers.
        rules: (nonterminal's number, length, action's number) for each rule.
        rows: for each state, symbol number -> target (see the module's docstring).
        defaults: for each state, the target that symbols outside its row have.
    """

    def __init__(self) -> None:
        parser = load_lark(_NoLexer)
        table = parser.parser.parser._parse_table
        self.lark_rules = list(parser.rules)
        self.terminals = terminals()
        origins = [str(rule.origin.name) for rule in self.lark_rules]
        self.nonterminals = list(dict.fromkeys(origins))
        self._number_actions()
        self._number_rules()
        self._number_states(table)

    def _number_actions(self) -> None:
        files = {rule: number for number, name in enumerate(FILES) for rule in _rule_names(name)}
        by_file: list[list[str]] = [[] for _ in FILES]
        taken = set(GENERIC)
        for rule in self.lark_rules:
            action = action_of(rule)
            if action not in taken:
                taken.add(action)
                by_file[files[str(rule.origin.name)]].append(action)
        self.actions = list(GENERIC)
        self.groups: dict[str, int] = {}
        for name, actions in zip(FILES, by_file):
            self.groups[name] = len(self.actions)
            self.actions += actions

    def _number_rules(self) -> None:
        numbers = {name: i for i, name in enumerate(self.nonterminals)}
        actions = {name: i for i, name in enumerate(self.actions)}
        self.rules = [
            (numbers[str(r.origin.name)] + len(self.terminals), len(r.expansion), actions[action_of(r)])
            for r in self.lark_rules
        ]

    def _number_states(self, table: Any) -> None:
        symbols = {name: i for i, name in enumerate([*self.terminals, *self.nonterminals])}
        rules = {id(rule): i for i, rule in enumerate(self.lark_rules)}
        states = _in_order(table, symbols)
        self.start = states[table.start_states["start"]]
        self.end = states[table.end_states["start"]]
        count = len(self.terminals)
        self.rows: list[dict[int, int]] = [{} for _ in states]
        self.defaults: list[int] = []
        for state, actions in table.states.items():
            row = self.rows[states[state]]
            for name, (action, argument) in actions.items():
                symbol = symbols[name]
                if "Reduce" in str(action):
                    row[symbol] = -(rules[id(argument)] + 1)
                else:
                    row[symbol] = states[argument] + (1 if symbol < count else 0)
        for row in self.rows:
            self._let_keywords_be_names(row)

    def _let_keywords_be_names(self, row: dict[int, int]) -> None:
        """Take the default reduction out of a row, and give keywords the place of a name."""
        reductions = Counter(t for s, t in row.items() if t < 0)
        default = min(reductions, key=lambda t: (-reductions[t], -t)) if reductions else 0
        self.defaults.append(default)
        for symbol in [s for s, t in row.items() if t == default and t < 0]:
            del row[symbol]
        as_name = row.get(self.terminals.index("ID"), 0)
        if as_name:
            for word in keywords()["names"]:
                row.setdefault(self.terminals.index(word), as_name)

    def final_states(self) -> list[int]:
        """The states after the semicolon that ends a statement."""
        last = {self.actions.index("statement"), self.actions.index("explained")}
        return [i for i, t in enumerate(self.defaults) if t < 0 and self.rules[-t - 1][2] in last]

    def raw_state(self) -> int:
        """The state in which the text up to the closing parenthesis is one token."""
        module_arguments = self.terminals.index("MODULE_ARGUMENTS")
        (state,) = [i for i, row in enumerate(self.rows) if module_arguments in row]
        return state


def _in_order(table: Any, symbols: dict[str, int]) -> dict[Any, int]:
    """Lark's states, numbered as they are met from the start: Lark's own numbers change from run to run."""
    order: dict[Any, int] = {}
    waiting = [table.start_states["start"]]
    while waiting:
        state = waiting.pop(0)
        if state in order:
            continue
        order[state] = len(order)
        entries = sorted(table.states[state].items(), key=lambda entry: symbols[entry[0]])
        waiting += [argument for _, (action, argument) in entries if "Shift" in str(action)]
    return order


def action_of(rule: Any) -> str:
    """The name of the action of a rule of Lark's."""
    if rule.alias:
        return str(rule.alias)
    if len(rule.expansion) == 1:
        return "pass"
    if len(rule.expansion) == 2 and rule.expansion[1].name == "COMMA":
        return "pass"
    return "none"


def _rule_names(name: str) -> list[str]:
    """The nonterminals that a grammar file defines."""
    lines = (HERE / f"{name}.lark").read_text(encoding="utf-8").splitlines()
    return [line.split(":")[0] for line in lines if ":" in line and line[0].isalpha()]


def _lay_rows(rows: list[dict[int, int]]) -> tuple[list[int], list[int], list[int]]:
    """Rows laid over one another, longest first: where each begins, the targets, the owners.

    Equal rows are laid once, and no two different rows begin at one place.
    """
    places: dict[tuple[tuple[int, int], ...], int] = {}
    targets: dict[int, int] = {}
    owners: dict[int, int] = {}
    taken: set[int] = set()
    keys = [tuple(sorted(row.items())) for row in rows]
    for key in sorted(set(keys), key=lambda k: (-len(k), k)):
        base = 0
        while base in taken or any(base + symbol in owners for symbol, _ in key):
            base += 1
        places[key] = base
        taken.add(base)
        for symbol, target in key:
            targets[base + symbol] = target
            owners[base + symbol] = base
    width = max(max(row, default=0) for row in rows) + 1
    size = max(taken) + width
    return (
        [places[k] for k in keys],
        [targets.get(i, 0) for i in range(size)],
        [owners.get(i, -1) for i in range(size)],
    )


def pack(grammar: Grammar) -> bytes:
    """The content of tables.bin."""
    count = len(grammar.terminals)
    states = len(grammar.rows)
    halves = [{s: t for s, t in row.items() if s < count} for row in grammar.rows]
    halves += [{s: t for s, t in row.items() if s >= count} for row in grammar.rows]
    starts, targets, owners = _lay_rows(halves)
    header = [MAGIC, states, count, len(grammar.nonterminals), len(grammar.rules), len(targets),
              grammar.start, grammar.end]  # fmt: skip
    rules = [number for rule in grammar.rules for number in rule]
    numbers = [*header, *starts, *grammar.defaults, *rules, *targets, *owners]
    return struct.pack(f"<{len(numbers)}h", *numbers)


def main(arguments: list[str]) -> int:
    """Write the tables and the symbols, or with ``--check`` say whether they are what the grammar asks for."""
    grammar = Grammar()
    wanted = {TABLES: pack(grammar), SYMBOLS: render(grammar).encode()}
    if arguments == ["--check"]:
        stale = [path.name for path, data in wanted.items() if not path.exists() or path.read_bytes() != data]
        for name in stale:
            print(f"{name} is stale: run python -m foundrydb.grammar.build")
        return 1 if stale else 0
    for path, data in wanted.items():
        path.write_bytes(data)
    print(
        f"{len(grammar.rules)} rules, {len(grammar.rows)} states, {len(grammar.actions)} actions, "
        f"{len(wanted[TABLES])} bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
