-- Every construct of the language at least once: one statement after each blank line.

select 1

select distinct a, b.*, *, c as d, e 'f' from t, u as v cross join w left join (select 1) x on 1
join y using (z, w)

select * from a natural left join b join c using (d, e) right join f on g = h full outer join (i
join j) k

select * from t indexed by i, u not indexed, main.f(1, 2) as g, (t), (t as x) as y

select a from t where b group by c, d having e order by f desc nulls last, g asc nulls first limit 1
offset 2

select 1 limit 5, 6

values (1, 2), (3, 4)

select 1 union all values (2) intersect select 3 except select 4 union select 5 order by 1

with a as (select 1), b(c, d) as materialized (select 2, 3), e as not materialized (values (1))
select * from a

with recursive a(n) as (select 1 union all select n + 1 from a limit 3) delete from t where x in a
returning *, y z

select count(*), sum(distinct a), group_concat(a, b order by c desc) filter (where d), f() over w,
g(1) over (), h(*) filter (where 1) over (w partition by a, b order by c rows between 1 preceding
and 2 following exclude ties) from t window w as (order by a), v as (w
groups current row exclude no others), u as (order by a range unbounded preceding)

select sum(a) over (partition by b range between current row and unbounded following exclude current
row), sum(a) over (rows between unbounded preceding and 1 + 1 preceding exclude group)

select a like b escape c, a not glob b, a regexp b, a not match b, a between b and c, a not between
b and c

select a in (), a not in (1, 2), a in (select 1), a in t, a not in main.f(1), a in ((select 1)), (a,
b) in ((1, 2))

select a is null, a is not null, a is b, a is not b, not a, - a, + a, ~ a, - - a, - + - a, a - - b

select case a when 1 then 2 else 3 end, case when a then b end, cast(a as varchar(10)), cast(b as ),
a collate nocase

select exists (select 1), (select 1, 2), (1, 2, (3, 4)), raise(ignore), raise(abort, 'x' || y)

select null, 1, 1.5, 1_0, 0xff, 'it''s', x'00ff', current_timestamp, ?, ?3, :a, @b, $c::d(e), a.b.c,
"q""r", [s t], `u`

select a + b * c - (d - e) / (f % g) || h -> i ->> (j || k), (a or b) and c, not (a and b), (not a)
= b

insert into t values (1)

insert or ignore into main.t as u (a, b) select 1, 2 where true on conflict (a collate nocase desc,
b) where c do update set a = excluded.a, (b, c) = (1, 2) where d on conflict do nothing returning a,
b as c

replace into t default values returning *

insert into t select 1 on conflict do update set a = 1 where b

update or rollback t as u indexed by i set a = 1, (b, c) = (select 1, 2) from v join w where d
returning e

delete from main.t not indexed where a

create temp table if not exists t(a integer primary key desc on conflict fail autoincrement, b text
not null default 'x' collate nocase, c default -1 check (c > 0) unique on conflict replace, d as (a
+ 1) stored, e constraint n null, f default (1 + 2), g default current_time, h default word, i
references u (x) on delete set null on update cascade match full deferrable initially deferred, j
default +1.5 generated always as (1) virtual)

create table t(a, constraint k primary key (a collate b desc, c) on conflict abort, unique (d),
constraint z check (e), foreign key (f, g) references h on delete no action not deferrable initially
immediate) strict, without rowid

create table main.t as select 1

create unique index if not exists main.i on t(a, b + 1 desc, c collate d) where e

create temp view if not exists v(a, b) as select 1, 2

create trigger if not exists main.x instead of update of a, b on t for each row when new.a begin
update t set a = 1 from u where b; insert into t values (1); delete from t; select raise(fail,
'no'); end

create temp trigger x before delete on main.t begin select 1; end

create virtual table if not exists main.v using fts5(a, 'b c', (d, e))

create virtual table v using m()

create virtual table v using m

drop table if exists main.t

drop index i

drop view v

drop trigger if exists x

alter table main.t rename to u

alter table t rename column a to b

alter table t rename a to b

alter table t add a integer not null default 1

alter table t drop column a

alter table t add constraint c check (a > 1) on conflict fail

alter table t add check (a)

alter table t drop constraint c

alter table t alter column a set not null on conflict ignore

alter table t alter a drop not null

begin

begin exclusive transaction x

commit

end transaction

rollback

savepoint 'a b'

release a

rollback to a

pragma main.x

pragma x = -1.5

pragma x(on)

pragma x = 'y z'

pragma x = delete

attach 'f' as g key h

detach database g

vacuum main into 'x' || y

vacuum

analyze main.t

analyze

reindex t

reindex

explain select 1

explain query plan delete from t

create table t (a constraint k, check (a > 0))
