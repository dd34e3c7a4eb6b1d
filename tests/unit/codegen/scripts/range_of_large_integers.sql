-- RANGE with real distances between large integers.
create table t(c);
insert into t values(-9223372036854775808);
select sum(1) over (order by c range between 2 preceding and 2 preceding) from t;
select sum(1) over (order by c range between 2 preceding and 2.0 preceding) from t;
select sum(1) over (order by c range between 2 following and 2.0 following) from t;
select sum(1) over (order by c range between 2.0 preceding and 2.0 preceding) from t;
select sum(1) over (order by c range between 2.0 preceding and current row) from t;
select sum(1) over (order by c range between 2 preceding and 1.0 preceding) from t;
select sum(1) over (order by c desc range between 2 preceding and 2.0 preceding) from t;
select sum(1) over (order by c desc range between 2 following and 2.0 following) from t;
delete from t;
insert into t values(9223372036854775807);
select sum(1) over (order by c range between 2 preceding and 2.0 preceding) from t;
select sum(1) over (order by c range between 2 following and 2.0 following) from t;
select sum(1) over (order by c desc range between 2 preceding and 2.0 preceding) from t;
