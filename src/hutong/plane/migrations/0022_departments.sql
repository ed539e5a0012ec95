-- Departments of units, as they are registered: nobody of a department that is not, or that is stopped, is answered.

create table plane.department (
    id    text not null,                          -- its name, as its unit calls it
    unit  text not null,
    state text not null default 'active' constraint department_state check (state in ('active', 'stopped')),
    constraint department_pkey primary key (unit, id)
);

-- Until now a department was a word beside a person: each of these stands as registered.
insert into plane.department (unit, id)
select distinct unit, department from plane.user where department is not null;

-- Counted in the row that an answer reads anyway, as suspensions are: whether the department of a person stands.
alter table plane.user add column department_stands boolean not null default true;
create index user_of_department on plane.user (unit, department) where department is not null;
