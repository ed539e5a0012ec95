-- What was opened: who may use which items, in one mode, until when; and what is spent of it.

create table plane.access_grant (
    no             text        not null constraint access_grant_pkey primary key,
    code           text        not null references plane.resource,
    version        int         not null,          -- the version it is answered from
    first_version  int         not null,          -- the version it was opened on
    provider       text        not null,
    consumer       text        not null,
    system         text        not null references plane.system,
    mode           text        not null constraint access_grant_mode check (mode in ('compare', 'query', 'subscribe')),
    items          text[]      not null constraint access_grant_items check (cardinality(items) > 0),
    conditions     text[]      not null default '{}',  -- items a query may be asked by, besides the key
    row_filter     jsonb       not null default '{}'  -- values by item: a record outside is absent (P-5)
        constraint access_grant_row_filter check (jsonb_typeof(row_filter) = 'object'),
    need           text[]      not null default '{}',  -- the reasons its mode rests on, as the ladder asks them at every call
    purpose        text        not null,
    matters        text[]      not null,
    users          text[]      not null,
    devices        text[]      not null,
    fold_absent    boolean     not null,
    quota          int         not null constraint access_grant_quota check (quota > 0),  -- claims or questions a day
    guesses        int         not null constraint access_grant_guesses check (guesses > 0),  -- claims a day about one data subject
    yearly_records int         not null default 100  -- distinct records its queries disclose, as the application declares
        constraint access_grant_yearly_records check (yearly_records > 0),
    from_at        timestamptz not null,
    until_at       timestamptz not null,
    state          text        not null default 'active'
        constraint access_grant_state check (state in ('active', 'revoked', 'expired')),
    reason         text,                          -- why it is in its state, for its parties to read
    suspended      int         not null default 0 constraint access_grant_suspended check (suspended >= 0),
    filing_no      text        not null,
    constraint access_grant_version foreign key (code, version) references plane.definition (code, version),
    constraint access_grant_period check (from_at < until_at),
    -- Python reads no moment before the year 1 or after 9999: a grant's begin and end lie in years that people mean.
    constraint access_grant_years check (from_at >= '2000-01-01 00:00+08' and until_at < '2200-01-01 00:00+08')
);
create index access_grant_consumer on plane.access_grant (consumer);
create index access_grant_newest on plane.access_grant (from_at, no);  -- lists are read a page at a time

-- What is spent stands beside what may be, and no row says more than that.
create table plane.quota_spent (
    grant_no text not null,
    day      date not null,
    spent    int  not null,
    quota    int  not null,
    constraint quota_spent_pkey primary key (grant_no, day),
    constraint quota_kept check (spent <= quota)
);

create table plane.guess_spent (
    grant_no text  not null,
    day      date  not null,
    subject  bytea not null,                      -- keyed digest of the record key asked about, held or not
    spent    int   not null,
    guesses  int   not null,
    constraint guess_spent_pkey primary key (grant_no, day, subject),
    constraint guesses_kept check (spent <= guesses)
);
