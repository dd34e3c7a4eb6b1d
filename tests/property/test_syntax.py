"""Random trees: what is printed reads back as the same tree, and SQLite and Lark agree with us on any text."""

from __future__ import annotations

from conformance.grammar_agreement import PARSER_MESSAGES
from conformance.grammar_agreement import Oracle as SQLite
from conformance.grammar_corpus import constructs
from conformance.lark_oracle import Oracle, disagreement
from hypothesis import given
from hypothesis import strategies as st

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import Parser, parse
from foundrydb.compiler.syntax.printing.print_expression import BINARY_LEVELS
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.compiler.syntax.scanner import pieces, tokens
from foundrydb.errors import Error
from foundrydb.grammar.symbols import spellings

LARK = Oracle()
SQLITE = SQLite()

BINARY = list(BINARY_LEVELS)


def name(text: str, quote: str) -> ast.Name:
    return ast.Name(0, 0, text, quote)


BARE = st.sampled_from(["a", "b", "t", "key", "row", "left", "temp", "end", "é", "x1", "x$y"])
NAMES = st.one_of(
    st.builds(name, BARE, st.just("")),
    st.builds(name, st.text("ab \"'`é;-", min_size=1, max_size=4), st.sampled_from(['"', "`"])),
    st.builds(name, st.text("ab \"'`é;-", min_size=1, max_size=4), st.just("[")),
)
LITERALS = st.one_of(
    # Beyond 2^63, which only a minus makes an integer, decimal digits are a REAL.
    st.integers(0, 1 << 63).map(lambda n: ast.Integer(0, 0, str(n), n)),
    st.integers((1 << 63) + 1, 1 << 70).map(lambda n: ast.Float(0, 0, str(n), float(n))),
    st.floats(0, 1e300).map(lambda x: ast.Float(0, 0, _float_text(x), x)),
    st.text(max_size=5).filter(lambda s: "\0" not in s).map(lambda s: ast.String(0, 0, s)),
    st.binary(max_size=4).map(lambda b: ast.Blob(0, 0, b)),
    st.just(ast.Null(0, 0)),
    st.builds(lambda n: ast.Column(0, 0, None, None, n), NAMES),
    st.builds(lambda t, n: ast.Column(0, 0, None, t, n), NAMES, NAMES),
)


def _float_text(x: float) -> str:
    text = repr(x)
    return text if "." in text or "e" in text else text + ".0"


def _compound(inner: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.Expression]:
    several = st.lists(inner, max_size=3).map(tuple)
    flag = st.booleans()
    return st.one_of(
        st.builds(_binary, st.sampled_from(BINARY), inner, inner),
        st.builds(lambda o, x: ast.Unary(0, 0, o, x), st.sampled_from(["-", "+", "~", "NOT"]), inner),
        st.builds(
            lambda o, n, a, b, c: ast.Like(0, 0, o, n, a, b, c),
            st.sampled_from(["LIKE", "GLOB", "REGEXP", "MATCH"]), flag, inner, inner, st.none() | inner,
        ),
        st.builds(lambda n, a, b, c: ast.Between(0, 0, n, a, b, c), flag, inner, inner, inner),
        st.builds(lambda n, a: ast.IsNull(0, 0, n, a), flag, inner),
        st.builds(lambda n, a, items: ast.InList(0, 0, n, a, items), flag, inner, several),
        st.builds(lambda a, c: ast.Collate(0, 0, a, c), inner, st.just(name("nocase", ""))),
        st.builds(lambda a: ast.Cast(0, 0, a, ast.TypeName(0, 0, "varchar (10)")), inner),
        st.builds(
            lambda f, d, items: ast.Call(0, 0, f, d, False, items, (), None, None, None),
            st.just(name("f", "")), flag, several,
        ),
        st.builds(
            lambda a, b, c, d: ast.Case(0, 0, a, (ast.When(0, 0, b, c),), d),
            st.none() | inner, inner, inner, st.none() | inner,
        ),
        st.builds(lambda a: ast.Exists(0, 0, _select(a)), inner),
        st.builds(lambda a: ast.Subquery(0, 0, _select(a)), inner),
        st.builds(lambda a, b: ast.RowValue(0, 0, (a, b)), inner, inner),
    )  # fmt: skip


def _binary(operator: str, left: ast.Expression, right: ast.Expression) -> ast.Expression:
    if operator in ("IS", "IS NOT") and isinstance(right, ast.Null):
        return ast.IsNull(0, 0, operator == "IS NOT", left)
    return ast.Binary(0, 0, operator, left, right)


def _select(value: ast.Expression) -> ast.Select:
    column = ast.ResultExpression(0, 0, value, None)
    core = ast.SelectCore(0, 0, False, (column,), None, None, (), None, ())
    return ast.Select(0, 0, None, core, (), None, None)


EXPRESSIONS = st.recursive(LITERALS, _compound, max_leaves=12)


@given(EXPRESSIONS)
def test_printed_expressions_read_back(value: ast.Expression) -> None:
    statement = _select(value)
    printed = to_sql(statement)
    try:
        read = parse(printed)
    except Error as failure:
        assert failure.message.startswith("IN(...) element has"), printed
        return
    if "IN (SELECT" not in printed and "IN ((SELECT" not in printed:
        assert read == [statement], printed
    assert SQLITE.refuses(printed, []) is None
    assert disagreement(LARK, printed) is None


def _same_answer(sql: str) -> None:
    """SQLite accepts the first statement of a text, or refuses it with our message."""
    parser = Parser(sql)
    try:
        parser.next()
    except Error as failure:
        theirs = SQLITE.answer(sql, [])
        # What a statement means is looked at while it is parsed: SQLite may refuse that first.
        if theirs is None or PARSER_MESSAGES.match(theirs):
            assert theirs == failure.message, sql
    else:
        assert SQLITE.refuses(sql[: parser.offset], []) is None, sql


TEXTS = st.text("selctfromwhe 'x\"[]`().,;*+-/<>=!|&~%?:@$#0123456789_eé\n\ufeff", max_size=30)


@given(TEXTS)
def test_sqlite_says_the_same_of_any_expression(text: str) -> None:
    _same_answer("select " + text)


@given(TEXTS)
def test_pieces_cover_any_text(text: str) -> None:
    at = 0
    for piece in pieces(text):
        assert not text[at : piece.start].strip(" \t\n\f\r\ufeff")
        assert text[piece.start : piece.start + len(piece.text)] == piece.text
        assert piece.start < piece.end
        at = piece.end
    assert not text[at:].strip(" \t\n\f\r\ufeff")


WORDS = [w for w in spellings() if w not in ("ATTACH", "DETACH")] + [
    "x", "t", "1", "2.5", "'s'", '"q"', "[b]", "?", ":n", "(", ")", ",", ".", ";", "+", "-", "*", "/", "||", "->", "=",
    "<>", "<<", "~", "x'00'", "1_0", "0x1F", "/* c */", "!", "#1",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 2), st.sampled_from(WORDS)), min_size=1, max_size=3
)


@given(st.sampled_from(constructs()), EDITS)
def test_sqlite_says_the_same_of_a_damaged_statement(sql: str, edits: list[tuple[int, int, str]]) -> None:
    words = [token.text for token in tokens(sql)]
    for place, kind, word in edits:
        at = place % (len(words) + 1)
        if kind == 0:
            words[at : at + 1] = []
        else:
            words[at : at + kind - 1] = [word]
    _same_answer(" ".join(words))
