-- Which records queries have disclosed in a year, to a unit under any of its grants and under each grant: what was
-- disclosed before costs nothing. A query for one record by its key counts it whether it is held or not.
create table plane.disclosed (
    whose text  not null,                         -- a credit code, or the number of a grant
    code  text  not null,
    k     bytea not null,
    day   date  not null,                         -- on which it was counted
    constraint disclosed_pkey primary key (whose, code, k)
);
create index disclosed_dropped on plane.disclosed ((day + 0));

-- How many of them were counted on each day.
create table plane.disclosed_day (
    whose   text not null,
    code    text not null,
    day     date not null,
    records int  not null,
    constraint disclosed_day_pkey primary key (whose, code, day)
);
