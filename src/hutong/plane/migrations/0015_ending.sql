-- The grants of a unit by their end: what is about to end is told ahead, on every page of its officers.
create index access_grant_ending on plane.access_grant (consumer, until_at) where state = 'active';
create index access_grant_ending_of_provider on plane.access_grant (provider, until_at) where state = 'active';

-- Of how many subjects something was claimed on a day under a grant, and of how many as often as may be, counted up to a
-- bound: who tells how much is used needs no digest of anybody.
create function plane.guessed(number text, on_day date, most int) returns table (subjects bigint, used_up bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*), count(*) filter (where found.spent >= found.guesses)
    from (select g.spent, g.guesses from plane.guess_spent g where g.grant_no = number and g.day = on_day limit most) found
$$;
revoke all on function plane.guessed(text, date, int) from public;
