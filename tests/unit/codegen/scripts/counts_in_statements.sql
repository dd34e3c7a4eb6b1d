-- changes(), total_changes() and last_insert_rowid() for each row of a statement that changes them.
create table t(a,c,d,e);
create table l(x);
insert into t(a) values (1),(2),(3);
create trigger g after update on t begin insert into l values (1),(2); end;
update t set c=total_changes(), d=changes(), e=last_insert_rowid();
select * from t;
create table p(a,c,d,e);
insert into p select a, total_changes(), changes(), last_insert_rowid() from t;
select * from p;
create trigger h after insert on p begin insert into l values (1),(2); end;
insert into p select a, total_changes(), changes(), last_insert_rowid() from t;
select * from p;
create trigger k after insert on p begin update p set (c,d) = (total_changes(), changes()) where rowid=new.rowid; insert into l values (total_changes()); end;
insert into p(a) values (5),(6);
select * from p;
select * from l;
