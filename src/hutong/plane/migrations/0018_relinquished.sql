-- A grant may be given back by its consumer, too: old code never writes that state.
alter table plane.access_grant drop constraint access_grant_state;
alter table plane.access_grant add constraint access_grant_state
    check (state in ('active', 'revoked', 'relinquished', 'expired'));
