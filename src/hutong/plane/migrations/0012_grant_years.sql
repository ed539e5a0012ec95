-- Python reads no moment before the year 1 or after 9999: a grant's begin and end lie in years that people mean.
alter table plane.access_grant
    add constraint access_grant_years
        check (from_at >= '2000-01-01 00:00+08' and until_at < '2200-01-01 00:00+08');
