-- Python reads no moment before the year 1 or after 9999: what somebody gives lies in years that people mean.
alter table audit.hold
    add constraint hold_years check (until_at <= '2200-01-01 00:00+08');
alter table audit.purge
    add constraint purge_years check (before_at >= '2000-01-01 00:00+08' and before_at < '2200-01-01 00:00+08');
