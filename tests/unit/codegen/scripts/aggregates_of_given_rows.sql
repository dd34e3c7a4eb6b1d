-- An aggregate in a subquery that reads no row but the one that is written, or a trigger's, is the subquery's.
create table t(a integer primary key, b);
create table l(x);
insert into t values(1,1),(2,5) returning a, (select sum(b)), (select count(b)+max(a)), (select count(*));
update t set b=b+1 returning (select sum(b)), (select group_concat(b||a) where a>1), (select sum(b) from l), (select sum(x)+sum(t.b) from l);
update t set b=b+1 returning (select sum(x+a) from (select 1 as x union select 2)), (select (select sum(b+x)) from (select 1 as x union select 2));
delete from t where a=2 returning (select sum(b)), (select total(b) over ()), (select max(b) from t);
insert into t values(7,7) on conflict do update set b=(select sum(excluded.b));
insert into t values(7,8) on conflict do update set b=(select sum(excluded.b)) returning *;
insert into t values(7,8) on conflict do update set b=(select sum(b));
insert into t values(7,8) on conflict do update set b=(select sum(t.b+excluded.b) from l);
update t set b=(select sum(b));
create trigger added after insert on t begin
insert into l values((select sum(new.b))),((select count(new.a) from t)); insert into l select max(new.a); update l set x=(select sum(new.a)+l.x) where x>(select min(new.b)); end;
insert into t values(10,3);
select * from l;
create trigger refused after insert on t when (select sum(new.a))>100 begin select raise(abort,'big'); end;
insert into t values(101,3);
insert into t values(11,3) returning sum(a);
create trigger gone after delete on t begin insert into l select count(old.a), sum(b) from t; end;
delete from t where a=10;
drop trigger gone;
create trigger gone after delete on t begin insert into l select sum(old.a*b) from t having count(old.a)>1; end;
delete from t where a=10;
select * from l;
create view v as select * from t;
create trigger of_v instead of update on v begin insert into l values((select group_concat(old.a||new.a) from t)); end;
update v set a=a+1 returning (select sum(a)), (select count(b) from t);
select * from l;
-- rows of values, and CASE with a base, in what is computed after rows are sorted for their groups
create table sorted_rows(a, b);
insert into sorted_rows values (1, 2), (1, 1), (2, 2), (2, 4);
select min(distinct b) filter (where (b, case b when a then 1 else 2 end) = (a, 1)) from sorted_rows group by a;
select count(distinct a) filter (where (a, b) = (b, case b when 2 then a else 4 end)), group_concat(distinct case a when b then 'same' else 'other' end) from sorted_rows group by a;
select json_group_array(distinct json_array(case a when b then json('[1]') else b end)) filter (where (a, 1) in ((1, 1), (2, 1))) from sorted_rows group by a;
select json_group_array(distinct case when (a, b) = (2, case b when 2 then 2 else 3 end) then json_array(a) else b end) from sorted_rows group by a;
