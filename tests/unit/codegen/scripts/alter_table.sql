-- ALTER TABLE ADD COLUMN: the text, older rows, refusals.
create table t(a, b text /* c */, check(a<50) );
insert into t values(1,'x'),(2,'y');
alter table t add column c int default 5;
select * from t;
insert into t values(3,'z',9);
alter table t add d not null;
alter table t add d text not null default 'q' ;
alter table t add e as (a+1);
alter table t add f as (a+1) stored;
alter table t add g unique;
alter table t add h primary key;
alter table t add a;
alter table t add i default (1+1);
alter table t add k check (k<0) default 1;
alter table t add l real default 3;
select * from t;
select l,typeof(l) from t;
select sql from sqlite_master;
alter table nope add x;
create view v as select 1;
alter table v add x;
create index ti on t(c);
select * from t where c=5;
update t set d='r' where a=1;
select a,d,l from t;
pragma integrity_check;
begin;
alter table t add m;
rollback;
select * from t;
create table em(a);
select * from em

