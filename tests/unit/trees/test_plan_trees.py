"""Plans and the expressions in them can be copied, pickled and compared; a copy keeps what its places share."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
from harness.planning import FUNCTIONS, Bench

from foundrydb.compiler.bind import bound
from foundrydb.compiler.bind.bound import (
    Binary,
    Call,
    ColumnRef,
    Compare,
    Expr,
    Literal,
    OutputColumn,
    Source,
)
from foundrydb.compiler.bind.outline import bound_text
from foundrydb.compiler.bind.properties import query_of, walk
from foundrydb.compiler.bind.relation import Bound, parts_of
from foundrydb.compiler.bind.statements import BoundStatement
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.building.builder import build
from foundrydb.compiler.plan.check import check
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.walk import kinds_of, nodes_of
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.compare import equal
from foundrydb.compiler.trees.dispatch import leaves
from foundrydb.compiler.trees.fields import Fields
from foundrydb.compiler.trees.text import json_object
from foundrydb.vm.functions.user import UserFunction

BENCH = Bench(
    """
    create table t(a, b, c, d);
    create table u(c, d, unique (c));
    create table big(id integer primary key, x text collate nocase default 'x', y int check (y > 0), z as (y + 1));
    create index big_x on big(x, y);
    create index big_y on big(y) where z > 0;
    create table wr(k1, k2, v, primary key(k1, k2)) without rowid;
    create view v as select a, count(*) as n from t group by a;
    create trigger vu instead of update on v begin select 1; end;
    """
)

STATEMENTS = (
    "select a, sum(b) filter (where c) over (partition by c order by b rows between 1 preceding and ?1 following "
    "exclude ties), lag(a, 2) over (order by c desc) from t window w as (order by a) order by rank() over w",
    "update v set a = n + 1 where n > 1 returning a, n",
    "select a, -b, +c || 'x', a between 1 and ?2, cast(d as text), d collate nocase from t where a is not true",
    "select * from t join u on t.c = u.c where (t.a, t.b) in (select c, d from u) order by 1 desc limit 5 offset 1",
    "select case a when 1 then 'one' when ?1 then 'two' else b end from t where c is null",
    "select case when a then b end, abs(a) + abs(a) from t group by abs(a) having sum(distinct b) filter (where c) > 1",
    "select (select max(c) from u where u.d = t.a), exists (select 1 from u where c = t.b) from t",
    "with w as materialized (select a from t) select * from w x, w y where x.a = y.a",
    "with recursive n(i) as (select 1 union select i + 1 from n where i < 9 order by 1 desc) select i from n",
    "select a from t union all select c from u order by 1",
    "select distinct x from big indexed by big_x where x in ('a', 'b') and y > 3",
    "select * from big where id in (1, 2, 3) or x = 'b'",
    "select count(*) from big",
    "select value from generate_series(1, 3)",
    "select * from v left join u on v.n = u.d where 0",
    "values " + ", ".join("(1, 'a')" for _ in range(20)),
    "insert into big (x, y) select a, b from t where true on conflict (id) do update set y = excluded.y + 1 "
    "returning id, (select max(c) from u)",
    "update big set y = y + 1, x = 'q' where y = 5 returning *",
    "update t set a = u.d from u where u.c = t.c",
    "delete from wr where k1 = 1 and k2 > 2 returning v",
    "delete from t",
    "select * from t join (u left join big on u.c = big.id) on t.a = u.d",
    "select * from t left join (u x right join u y on x.c = y.c and x.d > 5) on t.a < x.d",
    "select ?1",
    "select lower(a), lower(a) from t",
    "create unique index big_z on big(z, lower(x) desc) where y > 1",
    "create index if not exists big_x on big(x)",
    "reindex big",
    "alter table big add column w as (y * 2) not null check (w > 0)",
    "alter table t add e not null",
    "alter table u drop column d",
    "alter table u rename to u2",
    "alter table t alter column a set not null",
    "analyze",
    "analyze big_x",
    "attach 'a' || ?1 as (select max(c) from u)",
    "detach x",
    "vacuum into (select name from sqlite_schema)",
    "create table made as select a, count(*) as n from t group by a",
    "create table made as with w as (select c from u) select (select max(c) from w), (select min(c) from w x) from t",
)


def pickled(tree: Fields) -> Fields:
    again = pickle.loads(pickle.dumps(tree))
    assert isinstance(again, Fields)
    return again


COPIES: tuple[Callable[[Fields], Fields], ...] = (copy.deepcopy, pickled)


def every_plan(sql: str) -> list[Node]:
    return [plan for _, plan in BENCH.trace(sql)]


@pytest.mark.parametrize("sql", STATEMENTS)
@pytest.mark.parametrize("made", COPIES)
def test_a_copy_says_the_same(sql: str, made: Callable[[Fields], Fields]) -> None:
    for plan in every_plan(sql):
        again = made(plan)
        assert isinstance(again, Node)
        assert again == plan and plan == again
        assert hash(again) == hash(plan)
        assert repr(again) == repr(plan)
        assert json_object(again) == json_object(plan)
        assert dump_text(again) == dump_text(plan)
        assert check(again) == []
        assert not {id(node) for node in nodes_of(again)} & {id(node) for node in nodes_of(plan)}


@pytest.mark.parametrize("sql", STATEMENTS)
@pytest.mark.parametrize("made", COPIES)
def test_a_copy_of_a_bound_statement_has_the_same_plan(sql: str, made: Callable[[Fields], Fields]) -> None:
    bound = BENCH.bind(sql)
    again = made(bound)
    assert isinstance(again, BoundStatement)
    assert again == bound and hash(again) == hash(bound) and again is not bound
    assert json_object(again) == json_object(bound)
    assert bound_text(again) == bound_text(bound)
    plan = build(again, FUNCTIONS)
    assert bound_text(bound) == bound_text(BENCH.bind(sql)), "the copy was planned, not the statement"
    assert dump_text(plan) == dump_text(build(bound, FUNCTIONS))
    assert plan == BENCH.build(sql)


def test_every_class_of_what_is_bound_is_in_a_statement() -> None:
    met: set[str] = set()
    for sql in STATEMENTS:
        waiting: list[Bound] = [BENCH.bind(sql)]
        while waiting:
            bound = waiting.pop()
            for part in parts_of(bound):
                met.add(type(part).__name__)
                found = [query_of(inner) for expr in part.expressions() for inner in walk(expr)]
                waiting.extend([query.plan for query in found if query and isinstance(query.plan, Bound)])
    assert {leaf.__name__ for leaf in leaves(Bound)} - met == set()


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_shallow_copy_has_the_same_parts(sql: str) -> None:
    plan = every_plan(sql)[-1]
    again = copy.copy(plan)
    assert again == plan and again is not plan
    assert (again.rows, again.cost) == (plan.rows, plan.cost)
    assert [id(child) for child in again.children()] == [id(child) for child in plan.children()]


def test_no_two_of_the_statements_are_the_same() -> None:
    plans = [every_plan(sql)[-1] for sql in STATEMENTS]
    for i, plan in enumerate(plans):
        assert [other for other in plans if other == plan] == [plans[i]]


def test_every_class_of_node_is_in_a_statement() -> None:
    met: set[str] = {"ColumnRef", "Literal"}  # which are in every statement, and do not count
    for sql in STATEMENTS:
        for plan in every_plan(sql):
            met |= kinds_of(plan)
    wanted = {leaf.__name__ for base in (Node, Expr) for leaf in leaves(base)}
    assert wanted - met <= {"AggregateCall", "WindowCall"}


def test_two_compilations_of_one_statement_are_the_same_plan() -> None:
    for sql in STATEMENTS:
        assert every_plan(sql)[-1] == every_plan(sql)[-1]


def test_numbers_of_sources_that_a_plan_makes_do_not_count() -> None:
    query = "select a, (select max(c) from u where d = b) from t where b = 1"
    alone = BENCH.build(query).children()[0]
    within = BENCH.build(f"select x.a from u, ({query}) x")
    (derived,) = [node for node in nodes_of(within) if isinstance(node, nodes.Derived)]
    assert repr(derived.child) != repr(alone)
    assert derived.child == alone
    assert hash(derived.child) == hash(alone)
    assert derived != alone


def two_sources() -> tuple[Source, Source]:
    columns = [OutputColumn("a")]
    return Source(1, "t", columns), Source(2, "t", columns)


def test_sources_correspond_one_to_one() -> None:
    one, two = two_sources()
    left = nodes.Scan(one, BENCH.catalog.schemas[0].tables["t"], "main")
    right = nodes.Scan(two, BENCH.catalog.schemas[0].tables["t"], "main")
    join = nodes.Join("inner", left, right, Compare("=", ColumnRef(one, 0), ColumnRef(two, 0), "", "BINARY"))
    same_side = nodes.Join(
        "inner", left, right, Compare("=", ColumnRef(one, 0), ColumnRef(one, 0), "", "BINARY")
    )
    turned = nodes.Join(
        "inner", left, right, Compare("=", ColumnRef(two, 0), ColumnRef(one, 0), "", "BINARY")
    )
    assert join == copy.deepcopy(join)
    assert join != same_side
    assert same_side != join
    assert join != turned


def test_sources_from_outside_are_known_by_their_numbers() -> None:
    one, two = two_sources()
    assert ColumnRef(one, 0) == ColumnRef(Source(1, "t", one.columns), 0)
    assert ColumnRef(one, 0) != ColumnRef(two, 0)
    assert ColumnRef(one, 0) != ColumnRef(one, bound.ROWID)


@pytest.mark.parametrize("made", COPIES)
def test_what_places_share_is_one_object_in_a_copy(made: Callable[[Fields], Fields]) -> None:
    plan = BENCH.build("select (a, b) = (select c, d from u) from t")
    again = made(plan)
    assert isinstance(again, Node)
    found = [query for node in nodes_of(again) for query in nodes.subqueries(node)]
    assert len(found) == len([query for node in nodes_of(plan) for query in nodes.subqueries(node)]) == 1


@pytest.mark.parametrize("made", COPIES)
def test_depth_does_not_matter(made: Callable[[Fields], Fields]) -> None:
    function = FUNCTIONS.find("abs", 1)
    assert function is not None
    expr: Expr = Literal(1)
    for _ in range(5_000):
        expr = Call(function, [Binary("+", expr, Literal(2.5))], "BINARY")
    again = made(expr)
    assert again == expr
    assert repr(again) == repr(expr)
    assert len(str(json_object(nodes.SingleRow()))) < 30
    source, _ = two_sources()
    plan: Node = nodes.Values(source, [[expr]])
    for _ in range(5_000):
        plan = nodes.Filter(plan, ColumnRef(source, 0))
    copied = made(plan)
    assert copied == plan
    assert equal(copied, plan)


@pytest.mark.parametrize("made", COPIES)
def test_one_source_of_several_trees_stays_one(made: Callable[[Fields], Fields]) -> None:
    source, _ = two_sources()
    pair = (ColumnRef(source, 0), ColumnRef(source, bound.ROWID))
    first, second = copy.deepcopy(pair) if made is copy.deepcopy else pickle.loads(pickle.dumps(pair))
    assert first.source is second.source is not source


def test_a_rewrite_knows_what_it_was_made_from() -> None:
    source, _ = two_sources()
    expr = Binary("+", ColumnRef(source, 0), Literal(1))
    changed = expr.with_children([Literal(2), Literal(1)])
    assert changed.origin is expr
    filtered = nodes.Filter(nodes.SingleRow(), expr)
    for rewritten in (filtered.with_children([nodes.SingleRow()]), filtered.with_expressions([changed])):
        assert rewritten.origin is filtered
    assert copy.copy(changed).origin is None
    scan = nodes.Scan(source, BENCH.catalog.schemas[0].tables["t"], "main")
    backwards = scan.reversed()
    assert backwards.origin is scan
    assert (backwards.descending, backwards.reversed()) == (True, scan)


def test_a_function_of_the_users_is_no_part_of_a_pickle() -> None:
    function = UserFunction("mine", 1, abs)
    with pytest.raises(TypeError, match="mine"):
        pickle.dumps(Call(function, [Literal(1)], "BINARY"))
    assert copy.deepcopy(Call(function, [Literal(1)], "BINARY")).function is function


def test_values_of_another_class_are_not_the_same() -> None:
    assert Literal(1) != Literal(1.0)
    assert Literal(0.0) != Literal(-0.0)
    assert Literal(1, 3, 4) == Literal(1)
    assert not Literal(1).agrees(Literal(1.0))


def test_a_bound_expression_knows_the_syntax_that_it_was_made_from() -> None:
    sql = "select a + 1 from t where b in (1, 2)"
    for node in nodes_of(BENCH.build(sql)):
        for expr in node.expressions():
            origin = expr.origin
            assert isinstance(origin, ast.Expression)
            assert sql[origin.start : origin.end] == sql[expr.start : expr.end] != ""


def test_a_function_is_shown_by_its_name() -> None:
    sql = "select max(a), abs(b), group_concat(c) from t"
    for tree in (BENCH.bind(sql), BENCH.build(sql)):
        shown = repr(tree)
        assert all([f"function={name}, " in shown for name in ("max", "abs", "group_concat")])
        assert " object at " not in shown
