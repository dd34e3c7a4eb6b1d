-- Members of IN: constants, numbers, NULLs, affinities, computed ones.
create table y(a integer primary key, b text, c real, d);
insert into y values(1,'1',1.0,1),(2,'b',2.5,'1'),(3,null,null,null),(4,'B',1,x'31');
select a from y where b in ('1','b','c','d',1);
select a from y where b in (1,2,3,4,5);
select a from y where c in ('1','2.5','3','4');
select a from y where d in ('1',2,3,4,5);
select a from y where d in (1.0,2,3,4,5);
select a, b in ('1','b','c','d',null) from y;
select a, b not in ('1','b','c','d',null) from y;
select a, b collate nocase in ('1','b','c','d') from y;
select a, null in (1,2,3,4), d in (null,null,null,null) from y;
select a from y where a in (1,1.0,'1',2,'x',3.5,null);
select a from y where a in (1+0,2,abs(-4),3,8);
select a from y where a in (4,3,2,1,4,3) order by a desc;
select a from y where d in (-1,1,+1,x'31','31');
select a from y where b in ('b','B','c','d') or a in (3,9,8,7);
select (select count(*) from y as z where z.a in (1,2,3,y.a)) from y;
select a from y where d in (a,1,2,3,4);
