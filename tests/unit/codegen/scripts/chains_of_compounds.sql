-- Chains of compounds: which of equal rows stands for the others, in one set or in several.
select 1 union select 1.0 union select 2 order by 1;
select 1.0 union select 1 union select 2;
select 'a' union select 'A' collate nocase union select 'a';
select 'a' collate nocase union select 'A' union select 'b';
select 1 union all select 1.0 union select 1 union select 3;
select 1 union select 1.0 union all select 1 union select 3.0 union all select 3;
select 3 union select 2 union all select 2.0 union select 2;
select 1 union select 2 intersect select 2.0 union select 5 except select 5 union select 2;
create table a(x text collate nocase, y);
insert into a values('q',1),('Q',1.0),('r',2);
select x,y from a union select 'Q',1 union select 'q',1.0 union select x,y from a order by y desc;
select y,x from a union all select 1,'Q' union select 1.0,'q';
select count(*) from (select 1 union select 2 union select 1 union select 3);
select x from a union select x from a union select 'z' limit 2;
