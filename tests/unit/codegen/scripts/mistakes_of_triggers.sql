-- Which of several triggers' mistakes is told.
create table t(a,b);
insert into t values (1,2);
create trigger g9 before insert on t begin select before_insert; end;
create trigger g10 after insert on t when after_insert begin select 1; end;
create trigger g11 before update on t begin select before_update; end;
create trigger g12 after update on t when after_update begin select 1; end;
create trigger g13 before delete on t begin select before_delete; end;
create trigger g14 after delete on t when after_delete begin select 1; end;
insert into t values (1,2);
update t set a=1;
delete from t;
drop trigger g10;
create trigger g10 before insert on t begin select second; end;
insert into t values (1,2);
create temp trigger g21 before insert on t begin select temporary; end;
insert into t values (1,2);
create temp trigger g22 before update on t begin select temporary; end;
update t set a=2;
insert into t values (1,2) on conflict do update set a=5;
-- NULLS FIRST and LAST in what a step's first ON CONFLICT names
create table asked(c unique, d unique);
create table written(x);
create trigger nulls_first after insert on written begin insert into absent values (1) on conflict (c nulls first) do nothing; end;
create trigger nulls_last after insert on written begin insert into asked values (1, 2) on conflict (c nulls last) do update set d = 1; end;
create trigger second_clause after insert on written begin insert into asked values (1, 2) on conflict (c) do nothing on conflict (d nulls last) do nothing; end;
insert into written values (1);
