-- What an answer reads. Stores live in schema "store", feeds in schema "feed"; both are made from a definition.

create schema plane;
create schema store;
create schema feed;

create table plane.resource (
    code        text   not null constraint resource_pkey primary key,
    id          int    generated always as identity constraint resource_id_once unique,
    name        text   not null,
    provider    text   not null,                  -- credit code of the providing unit
    version     int,                              -- the version answers come from; null until data of it is filled
    last_change bigint not null default 0,        -- the feed counter; its row is locked by every writer until commit
    kept_from   bigint not null default 1         -- oldest change still kept
);

create table plane.definition (
    code         text        not null references plane.resource,
    version      int         not null,
    body         text        not null,            -- canonical JSON of hutong.plane.definition.Definition
    digest       bytea       not null,
    published_at timestamptz not null,
    constraint definition_pkey primary key (code, version)
);

create table plane.store (
    code               text not null,
    version            int  not null,
    relation           text not null constraint store_relation_once unique,   -- r<id>_v<version>, the same name in both schemas
    key_id             text not null,
    suite              text not null constraint store_suite check (suite in ('international', 'national')),
    normaliser_version int  not null,
    rows               bigint not null default 0,
    loaded_at          timestamptz,
    has_data         boolean generated always as (key_id <> '') stored,       -- filled, and not emptied since
    constraint store_pkey primary key (code, version),
    constraint store_definition foreign key (code, version) references plane.definition
);

create table plane.system (
    id           text not null constraint system_pkey primary key,
    unit          text not null,
    name         text not null,
    public_key   bytea constraint system_public_key check (length(public_key) = 32),
    secret       bytea,                           -- of the HMAC profile, encrypted under the platform's key
    profiles     text[] not null default '{rfc9421}',
    revision     int  not null default 1,         -- counts changes of key, secret and profiles
    mlps_level   int  not null,
    mlps_until   date not null,
    state        text not null default 'active' constraint system_state check (state in ('active', 'stopped')),
    constraint system_has_protection check (mlps_level >= 2)
);

create table plane.user (
    id    text not null,                          -- as its unit calls it: another unit's may be called so too
    unit   text not null,
    department  text,                                   -- the department of the unit, as its own people call it
    name  text not null,
    state text not null default 'active' constraint user_state check (state in ('active', 'stopped')),
    constraint user_pkey primary key (unit, id)
);

create table plane.device (
    id    text not null,                          -- as its unit calls it
    unit   text not null,
    name  text not null,
    state text not null default 'active' constraint device_state check (state in ('active', 'stopped')),
    constraint device_pkey primary key (unit, id)
);

create table plane.access_grant (
    no          text not null constraint access_grant_pkey primary key,
    code        text not null references plane.resource,
    provider    text not null,
    consumer    text not null,
    system      text not null references plane.system,
    mode        text not null constraint access_grant_mode check (mode in ('compare', 'query', 'subscribe')),
    items       text[] not null constraint access_grant_items check (cardinality(items) > 0),
    conditions  text[] not null default '{}',     -- items a query may be asked by, besides the key
    purpose     text   not null,
    matters     text[] not null,
    users       text[] not null,
    devices     text[] not null,
    fold_absent boolean not null,
    quota       int  not null constraint access_grant_quota check (quota > 0),      -- claims or questions a day
    guesses     int  not null constraint access_grant_guesses check (guesses > 0),  -- claims a day about one data subject
    from_at     timestamptz not null,
    until_at    timestamptz not null,
    state       text not null default 'active' constraint access_grant_state check (state in ('active', 'revoked', 'expired')),
    filing_no   text not null,
    constraint access_grant_period check (from_at < until_at)
);
create index access_grant_consumer on plane.access_grant (consumer);

create table plane.nonce (
    system   text        not null,
    nonce    bytea       not null,
    until_at timestamptz not null,
    constraint nonce_once primary key (system, nonce)
);
create index nonce_until on plane.nonce using brin (until_at);

create table plane.quota_spent (
    grant_no text not null,
    day      date not null,
    spent    int  not null,
    constraint quota_spent_pkey primary key (grant_no, day)
);

create table plane.guess_spent (
    grant_no text  not null,
    day      date  not null,
    subject  bytea not null,                      -- keyed digest of the record key asked about, held or not
    spent    int   not null,
    constraint guess_spent_pkey primary key (grant_no, day, subject)
);

create table plane.delivery (
    code         text        not null references plane.resource,
    key          text        not null,            -- the provider's own idempotency key
    version      int         not null,
    kind         text        not null constraint delivery_kind check (kind in ('snapshot', 'changes')),
    digest       bytea       not null,            -- SHA-256 of the file as sent
    sent         bigint,
    accepted     bigint,
    rejected     bigint,
    inserted     bigint,
    updated      bigint,
    deleted      bigint,
    first_change bigint,
    last_change  bigint,
    state        text        not null constraint delivery_state check (state in ('received', 'waiting', 'loaded', 'refused')),
    reason       text,                            -- why it waits for the provider's word, or was refused
    delivered_by text        not null,
    received_at  timestamptz not null,
    loaded_at    timestamptz,
    constraint delivery_pkey primary key (code, key),
    constraint delivery_counts check (sent = accepted + rejected)
);

create table plane.rejected_row (
    code       text   not null,
    key        text   not null,
    number     bigint not null,                   -- line or row number in the file, the header counted
    key_digest bytea,
    item       text,
    rule       text   not null,
    reason     text   not null,                   -- a code of hutong.core.text
    shown      text,                              -- the value, masked where the item is sealed or protected
    constraint rejected_row_delivery foreign key (code, key) references plane.delivery
);
create index rejected_row_by_delivery on plane.rejected_row (code, key, number);

-- Makes the store and the feed of one published version, both named r<id>_v<version>. The caller needs no right to
-- make tables: names and types are checked here, against a literal list, and nothing else of the input reaches a
-- statement. Item columns are i_<code>, blind indexes b_<code>; `indexed` are those a query may be asked by.
create function plane.make_store(resource_code text, resource_version int, columns text[], types text[],
                                   indexed text[] default '{}')
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text;
    listed   text := '';
    place    int;
begin
    select format('r%s_v%s', r.id, d.version) into relation
    from plane.resource r join plane.definition d on d.code = r.code
    where r.code = resource_code and d.version = resource_version;
    if relation is null then
        raise exception 'no definition % version %', resource_code, resource_version using errcode = 'no_data_found';
    end if;
    if cardinality(columns) is distinct from cardinality(types) or cardinality(columns) not between 1 and 1200 then
        raise exception 'columns and types do not pair' using errcode = 'invalid_parameter_value';
    end if;
    for place in 1 .. cardinality(columns) loop
        if columns[place] is null or columns[place] !~ '^([ib]_[A-Za-z][A-Za-z0-9_]{0,39}|subject)$' then
            raise exception 'column name % is not allowed', columns[place] using errcode = 'invalid_name';
        end if;
        if types[place] is null
           or types[place] not in ('bytea', 'text', 'numeric', 'date', 'boolean')
           or (left(columns[place], 1) in ('b', 's') and types[place] <> 'bytea') then
            raise exception 'column type % is not allowed', types[place] using errcode = 'invalid_parameter_value';
        end if;
        listed := listed || format(', %I %s', columns[place], types[place]);
    end loop;
    execute format('create table store.%I (k bytea not null, change bigint not null%s, '
                   'constraint %I primary key (k))', relation, listed, relation || '_pkey');
    for place in 1 .. cardinality(columns) loop
        if columns[place] = any (indexed) then
            execute format('create index on store.%I using hash (%I)', relation, columns[place]);
        end if;
    end loop;
    execute format('create table feed.%I (change bigint not null, op char(1) not null check (op in (''u'', ''d'')), '
                   'k bytea not null, at timestamptz not null, constraint %I primary key (change))',
                   relation, relation || '_pkey');
    if exists (select from pg_roles where rolname = 'hutong_plane') then
        execute format('grant select, insert, update, delete on store.%I to hutong_plane', relation);
        execute format('grant select, insert, delete on feed.%I to hutong_plane', relation);
    end if;
    return relation;
end
$$;
revoke all on function plane.make_store(text, int, text[], text[], text[]) from public;
