create table t(a,b);
create table w(a,b,primary key(a)) without rowid;
alter table t rename a to ROWID;
alter table t rename a to "oid";
alter table t rename a to _rowid_;
alter table w rename b to rowid;
alter table t add column rowid;
alter table t rename rowid to oid;
create table r(rowid, oid);
alter table r rename rowid to _rowid_;
alter table r rename rowid to rowid;
alter table r rename rowid to x;
select sql from sqlite_schema;

create table q(id integer primary key, b);
alter table q rename b to rowid;
alter table q rename id to rowid;
create view v as select 1 as a;
alter table v rename a to rowid;
create table z(a, b);
alter table z rename nosuch to rowid;
alter table z drop column rowid;

create temp table t(b);
create temp view tw as select b from t;

create temp table t(b);
create temp view tw as select b from temp.t;

create table t(b);
create temp view tw as select b from t;
alter table t rename b to d;
select sql from sqlite_temp_schema;

create table r(rowid, oid, b);
alter table r add rowid;
alter table r add _rowid_ primary key;
alter table r add _rowid_ unique;
alter table r add _rowid_ not null;
alter table r add _rowid_ check (nosuch > 1);
alter table r add "_ROWID_" text;
alter table r add _rowid_ collate nosuch;
alter table r drop column rowid;
alter table r drop column oid;
alter table r rename b to rowid;
create table w(a primary key) without rowid;
alter table w add rowid;
create table q(rowid integer primary key, x);
alter table q rename rowid to y;
alter table q rename x to rowid;
alter table q alter column rowid set not null;
