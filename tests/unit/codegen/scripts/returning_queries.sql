-- Subqueries in RETURNING see what the statement has done so far.
create table t(a integer primary key, b);
insert into t values(1,1),(2,1),(3,2);
delete from t returning a, b, (select count(*) from t);
insert into t values(1,1),(2,1),(3,2) returning a,(select count(*) from t x where x.b=t.b);
update t set b=b+1 where a<3 returning a,b,(select count(*) from t x where x.b=t.b),(select count(*) from (select b from t group by b) x where x.b=t.b);
delete from t where a<3 returning a, rowid, (select count(*) from t x where x.b=t.b);
-- One that reads other tables is evaluated once, whatever triggers write there meanwhile: its own copy on each way to the row.
create table log(x);
create trigger told after insert on t begin insert into log values(new.a); end;
create trigger changed after update on t begin insert into log values(new.a); end;
create trigger gone after delete on t begin insert into log values(old.a); end;
create unique index t_b on t(b);
insert into t(b) values(11),(12),(13) returning *, (select count(*) from log), (select count(*) from t);
insert into t(b) values(14),(15),(16) returning exists(select 1 from log where x=7), not exists(select 1 from log where x=8), 8 in (select x from log), a in (select x from log), (select count(*) from log where x<>t.a);
insert into t(b) values(21),(11),(12),(22) on conflict do update set b=excluded.b+20 returning *, (select count(*) from t), (select count(*) from log);
update t set b=b+100 returning a, (select sum(b) from t), (select count(*) from log), (select (select count(*) from log) + sum(b) from t);
delete from t returning a, (select count(*) from t), (select count(*) from log), (select count(*) from log join t on t.a<x), (select count(*) from (select x from log where x in (select x from log)));
