-- Subqueries in RETURNING see what the statement has done so far.
create table t(a integer primary key, b);
insert into t values(1,1),(2,1),(3,2);
delete from t returning a, b, (select count(*) from t);
insert into t values(1,1),(2,1),(3,2) returning a,(select count(*) from t x where x.b=t.b);
update t set b=b+1 where a<3 returning a,b,(select count(*) from t x where x.b=t.b),(select count(*) from (select b from t group by b) x where x.b=t.b);
delete from t where a<3 returning a, rowid, (select count(*) from t x where x.b=t.b);
