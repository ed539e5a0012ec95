-- name: read
-- The latest moment and the last one, so that nobody else notes one meanwhile.
select latest_at, last_at from audit.clock for update

-- name: note
-- Note the moment the clock shows.
update audit.clock set latest_at = %(latest)s, last_at = %(now)s

-- name: swept
-- Up to which end of requests nonces may be swept, if it was noted by a moment.
select swept_at from audit.clock where %(noted_before)s::timestamptz is null or noted_at <= %(noted_before)s

-- name: note_swept
-- Note up to which end of requests nonces may be swept. A clock that jumps ahead takes it along by no more than a
-- quarter of an hour, or to the first end there is.
update audit.clock
set swept_at = least(
        %(before)s::timestamptz,
        case when swept_at is not null then greatest(swept_at + interval '15 minutes', %(oldest)s::timestamptz) end
    ),
    noted_at = %(now)s
where swept_at is null or swept_at < %(before)s
