-- One statement a line: binding it ends in the same error as in C SQLite, or in none.
select (1,2) in ((1,2))
select (1,2) in (1,2)
select 1 in (select 1,2)
select (1,2) in (select 1)
select (1,2) in (select 1,2)
select (1,2) between (1,1) and (1,3)
select case (1,2) when (1,2) then 1 end
select (1,2)
select (1,2) is null
select (1,2)=(1,2,3)
select (1,2) = (select 1,2)
select (select 1,2) = (select 1,2)
select (select 1,2) is (1,2)
select 1 = (select 1,2)
select (1,2)+1
select lower((1,2))
select nofn(1)
select lower(1,2)
select lower(*)
select lower(distinct 'A')
select sum(*)
select sum(distinct a,b) from t
select group_concat(distinct a,b) from t
select count(distinct a,b) from t
select lower(a) filter (where 1) from t
select lower(a order by 1) from t
select Sum(Count(a)) from t
select a from t where Sum(a)>1
select a from t group by Sum(a)
select sum(a) s from t where s>1
select sum(a) s from t group by s
select sum(a) s from t order by s
select sum(a) s from t having s is null
select sum(a) s, max(s) from t
select sum(a) s from t having max(s)
select a from t join u on sum(a)
select sum(a) from t join u on sum(a)
select a from t limit a
select a from t limit sum(1)
select a from t limit (select 1)
select 1 where count(*)
select x from (select a as x from t) y where y.a
select t.* from u
select *
select u.* from t
select a from t natural join u
select a from t join u using (a)
select a from t join u using (zz)
select a from t t1, t t2
select a from t t1 join t t2 using (a)
select t1.a, t2.a, a, * from t t1 left join t t2 using (a)
select * from t t1 join t t2 on t1.a=t3.a join t t3
select * from t t1 left join t t2 on t1.a=t3.a join t t3
select * from t t1 left join t t2 on t1.a=t3.a right join t t3
select a from t union select 1 order by b
select a from t union select 1 order by a+1
select a as q from t union select b from t order by q, b
select a from t order by 3
select a from t group by 3
select a from t group by 'x'
select a from t order by -1
select a,b from t order by 1,2,3,4
select a from nope
select a from main.nope
select a from x.nope
select main.t.a from t
select temp.t.a from t
select main.x.a from t x
select nope.a from t
select t.zz from t
select main.t.zz from t
select zz from t
select "zz" from t
select t."zz" from t
select `zz` from t
select [zz] from t
select true, "true", [true]
select * from t indexed by foo
insert into t values(1)
insert into t(a) values(1,2)
insert into t(a,zz) values(1,2)
insert into t(a,a) values(1,2)
insert into t select 1
insert into t(a,b) select 1
insert into nope values(1)
insert into t(rowid,a) values (1,2)
update t set zz=1
update nope set a=1
update t set (a,b)=(1,2,3)
update t set (a,b)=1
update t set a=(1,2)
update t set (a,b)=(select 1)
update t set a=1, a=2
update t set rowid=5
delete from nope
delete from t where zz
insert into t default values returning zz
insert into t values(1,2) on conflict(a) do nothing
insert into t values(1,2) on conflict(zz) do nothing
insert into t values(1,2) on conflict do update set a=1
with x as (select 1) select * from x, x y
with x(a,b) as (select 1) select * from x
with x as (select * from x) select * from x
with x as (select * from y), y as (select * from x) select * from x
with x as (select 1), x as (select 2) select * from x
select * from v
select * from v2
select * from v4
select * from v5
select a, "b+1" from v3
select a from t where rowid in t
select a from t where a in u
select a from t where a in nope
values (1,2),(1)
select 1 union values (1,2)
select 1 except select 1,2
select 1 intersect select 1,2
select 1 union all select 1,2
select cast(a as text) collate nocase from t
select raise(abort,'x')
select 0x11111111111111111
select 9223372036854775808, -9223372036854775808
select exists(select 1,2)
select a from t where a in (select a,b from t)
select min(a), b from t
select likelihood(1,2)
select a, count(*) from t having a
select group_concat(a, ',' order by b) from t
select count(a order by b) from t
select * from sqlite_master where tbl='x'
insert into sqlite_master values(1)
delete from sqlite_master
update v set p=1
insert into v values(1)
delete from v
select excluded.a from t
select a from t where b=(select max(b) from t t2 where t2.a=t.a having count(*)>0)
select (select sum(t.a)) from t
select (select sum(t.a+u.d) from u) from t
select a from t where (select sum(t.a))
select max(a) from t group by b having max(max(a))>1
select count(*) as n from t group by n
select rowid, oid, _rowid_, id from n
select rowid from wr
select rowid from (select 1)
select rowid from t, u
select t.rowid from t, u
select rowid from t, (select 1)
select n.rowid from n left join t using (rowid)
values (1),(2) order by 1
values (1),(2) order by column1
values (1) order by column1
select column1 from (values (1),(2))
select column2 from (values (1),(2))
select * from (select 1 a, 2 a) where "a:1"
select a from t order by b collate nocase, a desc nulls last
select a from t group by b having zz
select a b from t where b order by b
select a from t where exists (select 1 from u where c=a and d=zz)
select a from t where exists (select 1 from u where c=a and d=t.b)
select * from (select a from t) where b
select * from t, (select t.a)
select * from t where a in (select c from u where u.d=t.b) and b in (1,2,3)
select x.a from t as x
select t.a from t as x
select a from t as t1 natural join t as t2 natural join t as t3
select * from (t join u)
select * from (t join u) as j
select j.a from (t join u) as j
select t.a from (t join u)
select * from t full join t t2 using (a)
select a from t full join t t2 using (a)
select * from t right join t t2 using (a)
select like('a','b'), 'a' like 'b' escape 'c', 'a' glob 'b'
select 'a' regexp 'b'
select 'a' glob 'b' escape 'c'
select a from t limit 1 offset zz
select distinct a, b from t order by c
select distinct a from t order by b
select a from t union select c from u order by t.a
select a from t union select c from u order by c
select a from t union select c from u order by u.c collate nocase
select current_date
delete from t where a in (select b from t) returning a, b+1 as x, *
update t set a=b returning t.*
update t set a=u.c from u where u.d=t.b returning c
update t as x set a=1 where t.b
insert into t as x values(1,2) returning x.a
insert into wr values(1,2) on conflict(a) do update set b=excluded.b+b where excluded.b>wr.b
insert into wr values(1,2) on conflict(a) do update set b=excluded.zz
insert into n values(1,2,3) on conflict(id) do update set x=2
insert into n values(1,2,3) on conflict(rowid) do update set x=2
insert into n(y) select id from n
insert into n select * from n
replace into n values(1,2,3)
select count(*) from t where a = (select count(*))
select (select count(*) from t where t.a=u.c) from u
select count(*), (select max(count(*)) from t) from u
select * from t cross join u
select * from n where x='a' and y='1'
select nosuch.* from t
select main.t.* from t
select t.a.b.c from t
select sum(a), sum(distinct b) filter (where a>1), count(*) from t group by a+1 order by a+1
update v3 set a=1
with c as (delete from t) select 1
select * from t as a where a.a
select 1 as a, a+1 from t
select 1 as x where x
select a as x from t group by x having x>1 order by x
select * from t order by 1.5
select a from t order by 'x'
select a from t order by (select b)
select coalesce(1)
select min() from t
select min(1,2,3)
select max(a,b), max(a) from t
select typeof(max(a,b)) from t
insert into t(a) default values
