-- The reasons a grant's mode rests on (hutong.plane.ladder.Reason), so that the ladder is asked again at every call.
alter table plane.access_grant add column need text[] not null default '{}';
