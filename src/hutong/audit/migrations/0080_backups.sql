-- What is known of backups, so that every door can tell of them: the sets at the backup place, and how the archiver fares
-- that brings the database's own log there. All moments are of the machine's own clock.

create table audit.backup_set (
    folder       text        not null constraint backup_set_folder check (length(folder) between 1 and 4096),
    number       bigint      not null constraint backup_set_number check (number > 0),
    began_at     timestamptz not null,
    ended_at     timestamptz not null,
    bytes        bigint      not null constraint backup_set_bytes check (bytes >= 0),
    log_size     bigint      not null,
    postgres     int         not null,
    read_back_at timestamptz,            -- when all of it was last read from there and was whole
    code         text,                   -- what was wrong with it when it was last read, and the facts of that
    facts        jsonb,
    dropped_at   timestamptz,            -- when it was taken away, for there were enough newer ones
    constraint backup_set_pkey primary key (folder, number)
);

create table audit.archiving (
    only_row    boolean     not null default true constraint archiving_pkey primary key constraint archiving_once check (only_row),
    folder      text,                    -- none where no backup place is named
    embedded    boolean     not null,    -- whether the database's own log is brought there
    began_at    timestamptz not null,    -- since when this folder is the place
    received_at timestamptz,             -- all that was committed before is at the place
    waiting     bigint      not null,    -- bytes of the database's log that wait for it
    seen_at     timestamptz not null,    -- when the archiver last looked
    wanting     jsonb       not null     -- what is wanting: code and facts of each
);
