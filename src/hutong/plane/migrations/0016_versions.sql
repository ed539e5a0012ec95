-- A grant is answered from the version it names. Versions are held and fed side by side, each with a counter of its own;
-- both counters are written under the lock of the resource's row.
alter table plane.store
    add column last_change  bigint not null default 0,   -- the feed counter
    add column kept_from    bigint not null default 1,   -- oldest change still kept
    add column succeeded_at timestamptz,                 -- since when a newer version has data
    add column last_day     date,                        -- the last day of answers once it is succeeded; null: not set
    add column as_of        timestamptz;                 -- the last delivery it followed, where none reaches it any more
alter table plane.store
    add column ends_on date generated always as (case when succeeded_at is not null then last_day end) stored;

update plane.store h set last_change = r.last_change, kept_from = r.kept_from
from plane.resource r where r.code = h.code;
update plane.store h set succeeded_at = now()
from plane.resource r where r.code = h.code and h.version < r.version;
alter table plane.resource drop column last_change, drop column kept_from;

alter table plane.access_grant
    add column version       int,                        -- the version it is answered from
    add column first_version int;                        -- the version it was opened on
update plane.access_grant g set version = h.version, first_version = h.version
from (select code, max(version) as version from plane.definition group by code) h where h.code = g.code;
alter table plane.access_grant
    alter column version set not null,
    alter column first_version set not null,
    add constraint access_grant_version foreign key (code, version) references plane.definition (code, version);
