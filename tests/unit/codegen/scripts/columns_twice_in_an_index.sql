-- An index may have a column twice; what is asked of the column holds for both.
create table t(a, b);
insert into t values (null,1),(1,2),(2,3),('x',4),(2,5),(null,6);
create index aa on t(a, a);
create unique index aab on t(a, a, b);
select b from t indexed by aa where a is null order by b;
select b from t indexed by aa where a in (1,2,null) order by b;
select b from t indexed by aa where a in (select a from t where b<4) order by b;
select b from t indexed by aab where a is null and b>1;
select b from t indexed by aab where a in (2,'x') and b in (4,5) order by b;
select b from t indexed by aab where (a,b) in (select a,b from t) order by b;
select b from t indexed by aab where (a,a) in (select a,a from t) order by b;
select b from t where (a,b,a) in (values(2,3,2),(2,5,1)) order by b;
select b from t indexed by aa where a=2 and a is not null order by b;
select x.b, y.b from t x left join t y indexed by aa on y.a is x.a and x.b<>y.b order by 1,2;
update t set a=null where a in (1,'x');
delete from t where a is null;
select * from t order by b;
