-- Changes of the platform's own keys: of the log's, and of the one that signs replies. Each is a decision of two officers;
-- the key itself lies in a file outside the database, here is its public half. Record and salt of the entry that names the
-- new key are kept here as well: they are public, and go with no purge.
create table audit.key_change (
    id           bigint      generated always as identity constraint key_change_pkey primary key,
    kind         text        not null constraint key_change_kind check (kind in ('log', 'replies')),
    number       int         not null constraint key_change_number check (number > 1),
    state        text        not null,
    new_key      text        not null,
    overlap_days int         not null constraint key_change_overlap check (overlap_days > 0),
    reason       text        not null,
    requested_by text        not null,
    requested_at timestamptz not null,
    approved_by  text,
    approved_at  timestamptz,
    old_key      text,
    until_at     timestamptz,
    epoch        int,
    entry_id     bigint,
    record       text,
    salt         bytea,
    statement    text,
    dropped_by   text,
    dropped_at   timestamptz,
    drop_reason  text,
    constraint key_change_needs_two_people check (approved_by is null or approved_by <> requested_by),
    constraint key_change_approved_whole check ((approved_by is null) = (approved_at is null)
                                                and (approved_by is null) = (old_key is null)
                                                and (approved_by is null) = (until_at is null)
                                                and (approved_by is null) = (entry_id is null)
                                                and (approved_by is null) = (record is null)
                                                and (approved_by is null) = (salt is null)),
    constraint key_change_drop_told check ((dropped_at is null) = (dropped_by is null)
                                           and (dropped_at is null) = (drop_reason is null)),
    constraint key_change_ends_once check (approved_at is null or dropped_at is null),
    constraint key_change_state check (state = case when approved_at is not null then 'approved'
                                                    when dropped_at is not null then 'dropped'
                                                    else 'requested' end)
);
create unique index key_change_one_asked on audit.key_change (kind) where state = 'requested';
