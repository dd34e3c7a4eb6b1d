"""What may follow the text before the cursor: keywords by the grammar's tables, names by the catalog.

The parser's tables say which terminals could come next; where a name could, the tables and functions that are known
are offered, and the columns that binding finds in sight (``in_sight``).
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.codegen.pragmas.registry import all_pragmas
from foundrydb.compiler.syntax.parser import expected
from foundrydb.compiler.syntax.scanner import Token, pieces
from foundrydb.errors import Error
from foundrydb.tools.output.modes import MODES
from foundrydb.tools.output.quoting_forms import identifier
from foundrydb.tools.shell.dots.dot_command import commands, find_command
from foundrydb.tools.shell.in_sight import columns_of, sight
from foundrydb.vm.functions.scalar import HIDDEN
from foundrydb.vm.transactions.attached import TEMP

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, View
    from foundrydb.vm.modules.module import VirtualTable
    from foundrydb.vm.modules.registry import ModuleRegistry

    Relation = Table | View | VirtualTable

_LETTERS: Final = re.compile("[\\w\x80-\U0010ffff]*")
_DIGITS: Final = re.compile(r"\d*")
_READS: Final = ("FROM", "JOIN")
_LISTS_TABLES: Final = ("INTO", "UPDATE", "TABLE", "VIEW", "REFERENCES")


class Candidate:
    """A completion: its text, how many characters before and behind the cursor it replaces, and what it is."""

    def __init__(self, text: str, replaces: int, kind: str, behind: int = 0) -> None:
        self.text: Final = text
        self.replaces: Final = replaces
        self.kind: Final = kind
        self.behind: Final = behind

    def __repr__(self) -> str:
        return f"Candidate({self.text!r}, {self.replaces}, {self.kind!r})"


def complete_sql(text: str, after: str, connection: Connection, beginnings: bool = False) -> list[Candidate]:
    """The completions of SQL.

    Args:
        text: what stands before the cursor, from the beginning of the input on.
        after: what stands behind it.
        connection: whose tables, columns and functions are offered.
        beginnings: what a statement can begin with is offered before anything is typed.
    """
    word = _word_before(text)
    before = text[: len(text) - len(word)]
    tokens = _statement_tokens(pieces(before))
    if tokens and tokens[-1].kind in ("illegal", "comment") and not before[tokens[-1].end :]:
        if not (tokens[-1].text.startswith("--") and before.endswith("\n")):
            return []
    tokens = [token for token in tokens if token.kind != "comment"]
    start = tokens[0].start if tokens else len(before)
    names = _Names(connection, tokens + _until_end(pieces(after)), before[start:], after)
    offered = [Candidate(name, len(word), kind) for name, kind in _names(tokens, names, before)]
    if not (tokens and tokens[-1].text == "."):
        offered += [Candidate(keyword, len(word), "keyword") for keyword in sorted(_keywords(before))]
    wanted = word.lower()
    seen: set[str] = set()
    matching: list[Candidate] = []
    for candidate in offered:
        key = candidate.text.lower()
        if key.lstrip('"').startswith(wanted) and key not in seen and (beginnings or word or before.strip()):
            seen.add(key)
            matching.append(candidate)
    return matching


def _word_before(cursor: str) -> str:
    """The word that a text ends with; read from its end, so that what is before it costs nothing."""
    letters = _LETTERS.match(cursor[::-1])
    word = cursor[len(cursor) - (letters.end() if letters else 0) :]
    digits = _DIGITS.match(word)
    return word[digits.end() if digits else 0 :]


def _statement_tokens(tokens: list[Token]) -> list[Token]:
    """The tokens of the last statement."""
    for i in range(len(tokens) - 1, -1, -1):
        if tokens[i].text == ";":
            return tokens[i + 1 :]
    return tokens


def _until_end(tokens: list[Token]) -> list[Token]:
    """The tokens of the first statement."""
    ends = [i for i, token in enumerate(tokens) if token.text == ";"]
    return tokens[: ends[0]] if ends else tokens


def _keywords(before: str) -> list[str]:
    """The keywords that the grammar could take next."""
    try:
        return [text for text in expected(before) if text.isalpha() and text.isupper()]
    except Error:
        return []


def _names(tokens: list[Token], names: _Names, before: str) -> list[tuple[str, str]]:
    """The names that could stand at the cursor, and what each is."""
    if not tokens:
        return []
    last = tokens[-1].text.upper()
    if last == "." and len(tokens) > 1:
        return _after_dot(tokens, names)
    databases = [(name, "database") for name in names.databases()]
    words = [token.text.upper() for token in tokens]
    if last == "PRAGMA":
        return [(name, "pragma") for name in pragma_names()] + databases
    if words[0] == "DETACH" and last in ("DETACH", "DATABASE"):
        return databases
    if words[-2:] == ["INDEXED", "BY"]:
        return [(name, "index") for name in names.indexes()]
    if last == "COLLATE":
        return [(name, "collation") for name in names.collations()]
    if words[0] == "PRAGMA" and last == "(":
        return [(name, "table") for name in names.tables()] + [(name, "index") for name in names.indexes()]
    if last == "INDEX" or (last == "EXISTS" and "INDEX" in words):
        return [(name, "index") for name in names.indexes()] + databases
    if last in _READS or (last == "," and _in_from(tokens)):
        tables = names.common_tables() + names.tables()
        modules = [(name + "(", "module") for name in names.modules()]
        return [(name, "table") for name in tables] + databases + modules
    if last in _LISTS_TABLES or (last in ("EXISTS", "ON") and words[0] in ("DROP", "CREATE")):
        return [(name, "table") for name in names.tables()] + databases
    try:
        following = [] if names.is_new else expected(before)
    except Error:
        return []
    if "a name" not in following or not ("an integer" in following or _lists_columns(words)):
        return []
    columns = [(name, "column") for name in names.columns()]
    if "an integer" not in following:
        return columns
    return (
        columns
        + [(name, "alias") for name in names.results()]
        + names.mentioned_tables()
        + [(name + "(", "function") for name in names.functions()]
    )


def _lists_columns(words: list[str]) -> bool:
    """Whether names of columns are listed where no expression can stand, by the words before."""
    depth = 0
    for i in range(len(words) - 1, 0, -1):
        word = words[i]
        depth += (word == ")") - (word == "(")
        if depth == 0 and word in ("SET", "OF", "COLUMN"):
            return True
        if depth < 0:
            before = words[max(i - 4, 0) : i]
            return before[-1] in ("USING", "SET", ",") or any(
                word in ("INTO", "REFERENCES") for word in before
            )
    return False


def _after_dot(tokens: list[Token], names: _Names) -> list[tuple[str, str]]:
    """The columns of the table, or the tables of the database, whose name stands before the dot."""
    name = _bare(tokens[-2].text)
    database = _bare(tokens[-4].text) if len(tokens) > 3 and tokens[-3].text == "." else None
    columns = names.columns_of(name, database)
    if columns or database is not None:
        return [(column, "column") for column in columns]
    return [(table, "table") for table in names.tables_of(name)]


def _in_from(tokens: list[Token]) -> bool:
    """Whether the last clause that began is a FROM clause."""
    for token in reversed(tokens):
        word = token.text.upper()
        if word in ("SELECT", "WHERE", "SET", "BY", "HAVING", "VALUES", "(", "ON", "USING", "RETURNING"):
            return False
        if word == "FROM":
            return True
    return False


def _bare(name: str) -> str:
    """A name without its quotes."""
    if len(name) > 1 and name[0] in "\"'`[":
        return name[1:-1].replace(name[0] * 2, name[0])
    return name


class _Names:
    """The names that the catalog knows, and those that the statement mentions."""

    def __init__(
        self, connection: Connection, tokens: list[Token], before: str = "", after: str = ""
    ) -> None:
        self.connection: Final = connection
        self.tokens: Final = tokens
        with contextlib.suppress(Error):
            connection.engine.preparer.load_catalog()
        self._sight: Final = sight(before, after, connection) if before else None
        self.is_new: Final = self._sight is not None and self._sight.is_new
        self.catalog: Final[Catalog] = connection.engine.catalog
        self._modules: Final[ModuleRegistry] = connection.engine.functions.modules

    def tables(self) -> list[str]:
        """All tables and views, as they may stand in SQL."""
        found: set[str] = set()
        for schema in self.catalog.schemas:
            found.update(
                table.name for table in schema.tables.values() if not table.name.startswith("sqlite_")
            )
            found.update(view.name for view in schema.views.values())
        return [identifier(name) for name in sorted(found, key=str.lower)]

    def modules(self) -> list[str]:
        """The modules that give a table under their own names."""
        return [module.name for module in self._modules.all()]

    def indexes(self) -> list[str]:
        """All indexes that have a name of the user's."""
        found = [index.name for schema in self.catalog.schemas for index in schema.indexes.values()]
        return [identifier(name) for name in sorted(found) if not name.startswith("sqlite_")]

    def collations(self) -> list[str]:
        """The collating sequences."""
        return sorted(self.connection.engine.collations)

    def common_tables(self) -> list[str]:
        """The common tables that FROM could read."""
        return [] if self._sight is None else [identifier(name) for name in self._sight.commons]

    def results(self) -> list[str]:
        """The aliases of result columns that may be named."""
        return [] if self._sight is None else [identifier(name) for name in self._sight.results]

    def mentioned_tables(self) -> list[tuple[str, str]]:
        """The names that tables go by in FROM, and what each is.

        Where what is in sight is not known, those that the statement mentions anywhere.
        """
        if self._sight is not None:
            found = self._sight.tables()
        else:
            found = [(name, "alias") for name in self._aliases()]
            found += [(each.name, "table") for each in self._mentioned()]
        return [(identifier(name), kind) for name, kind in found]

    def _relation(self, name: str) -> Relation | None:
        """What FROM reads under a name."""
        return self.catalog.find_relation(name) or self._modules.table(name)

    def _mentioned(self) -> list[Relation]:
        found: dict[str, Relation] = {}
        for token in self.tokens:
            relation = self._relation(_bare(token.text))
            if relation is not None:
                found[relation.name] = relation
        return list(found.values())

    def _aliases(self) -> dict[str, Relation]:
        result: dict[str, Relation] = {}
        words = [_bare(token.text) for token in self.tokens]
        for i, token in enumerate(self.tokens):
            relation = self._relation(words[i])
            if relation is None:
                continue
            at = i + 2 if i + 1 < len(words) and words[i + 1].upper() == "AS" else i + 1
            if at < len(words) and self.tokens[at].kind == "a name" and token.kind == "a name":
                result[words[at]] = relation
        return result

    def columns(self) -> list[str]:
        """The columns that a name may mean.

        Where that is not known, those of the tables that the statement names; of all where it names none.
        """
        if self._sight is not None and self._sight.items:
            return _distinct([name for item in self._sight.items for name in columns_of(item)])
        relations = self._mentioned() if self._sight is None else []
        if not relations:
            relations.extend(table for schema in self.catalog.schemas for table in schema.tables.values())
        return self._column_names(relations)

    def columns_of(self, name: str, database: str | None = None) -> list[str]:
        """The columns of a table, given by its name or an alias."""
        if database is not None:
            found = self.catalog.find_relation(name, database)
            return [] if found is None else self._column_names([found])
        items = [] if self._sight is None else self._sight.items
        for item in items:
            if name.lower() in item.tables():
                return _distinct(columns_of(item, name.lower()))
        words = [token.text.upper() for token in self.tokens]
        if name.lower() in ("new", "old") and "TRIGGER" in words[:3] and "ON" in words[:-1]:
            name = _bare(self.tokens[words.index("ON") + 1].text)
        alias = {key.lower(): value for key, value in self._aliases().items()}.get(name.lower())
        relation = alias or self._relation(name)
        return self._column_names([relation]) if relation is not None and not items else []

    def tables_of(self, database: str) -> list[str]:
        """The tables and views of a database."""
        schema = self.catalog.schema(database)
        if schema is None:
            return []
        relations: list[Table | View] = [*schema.tables.values(), *schema.views.values()]
        return [identifier(each.name) for each in relations if not each.name.startswith("sqlite_")]

    def databases(self) -> list[str]:
        """What is attached: nobody needs to say main or temp."""
        return [identifier(schema.name) for schema in self.catalog.schemas if schema.number > TEMP]

    def _column_names(self, relations: list[Relation]) -> list[str]:
        return _distinct([column for relation in relations for column in self._columns(relation)])

    def _columns(self, relation: Relation) -> list[str]:
        columns = [column if isinstance(column, str) else column.name for column in relation.columns]
        if columns:
            return columns
        try:
            cursor = self.connection.execute(f"SELECT * FROM {identifier(relation.name)} LIMIT 0")
            return [column[0] for column in cursor.description or ()]
        except Error:
            return []

    def functions(self) -> list[str]:
        """The SQL functions."""
        functions = self.connection.engine.functions.all()
        return sorted({each.name for each in functions if not each.flags & HIDDEN and each.name[0].isalpha()})


def _distinct(columns: list[str]) -> list[str]:
    """Names as they may stand in SQL, each once."""
    return list(dict.fromkeys([identifier(column) for column in columns]))


def pragma_names() -> list[str]:
    """The PRAGMAs."""
    return [pragma.name for pragma in all_pragmas()]


def complete_dot(text: str, connection: Connection) -> list[Candidate]:
    """The completions of a dot-command's line up to the cursor, its dot included."""
    head, space, rest = text.partition(" ")
    if not space:
        word = head[1:].lower()
        return [Candidate("." + name, len(head), "command") for name in commands() if name.startswith(word)]
    command = find_command(head[1:])
    if command is None:
        return []
    word = rest.rpartition(" ")[2]
    if command.name in ("shell", "system") or "FILE" in command.arguments or "DIRECTORY" in command.arguments:
        if not word.startswith(("-", "|")):
            return _paths(word, "DIRECTORY" in command.arguments)
    if command.raw:
        return complete_sql(rest, "", connection)
    offered = _arguments(command.name, command.arguments, connection)
    return [
        Candidate(name, len(word), "argument") for name in offered if name.lower().startswith(word.lower())
    ]


def _paths(word: str, folders_only: bool) -> list[Candidate]:
    """The files and folders whose paths begin with ``word``; those that begin with a dot if it does."""
    folder, slash, start = word.rpartition("/")
    try:
        with os.scandir(os.path.expanduser(folder + slash) or ".") as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(start)]
    except OSError:
        return []
    shown = [
        name + ("/" if is_folder else "")
        for name, is_folder in sorted(found)
        if (is_folder or not folders_only) and (start or not name.startswith("."))
    ]
    return [Candidate(folder + slash + name, len(word), "file") for name in shown if " " not in name]


def _arguments(name: str, arguments: str, connection: Connection) -> list[str]:
    """What a dot-command's argument could be."""
    if name == "mode":
        return list(MODES)
    if name == "help":
        return list(commands())
    if "on|off" in arguments or name in ("width", "pager"):
        return [word for word in arguments.strip("?").split("|") if word.islower()]
    if "TABLE" in arguments or "PATTERN" in arguments or "OBJECTS" in arguments:
        return [_bare(table) for table in _Names(connection, []).tables()]
    return []
