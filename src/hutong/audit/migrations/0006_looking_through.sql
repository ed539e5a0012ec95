-- What the auditor looks through the log by. The mass of it are uses, which answers write and which pay for none of
-- these but the last: a few words for every block of the table.
create index entry_rest_class on audit.entry (class, id) where class <> 'usage';
create index entry_rest_event on audit.entry (event, id) where class <> 'usage';
create index entry_rest_unit on audit.entry (unit, id) where class <> 'usage';
create index entry_rest_counterpart on audit.entry (counterpart, id) where class <> 'usage';
create index entry_rest_officer on audit.entry
    ((coalesce(record::jsonb ->> 'by', record::jsonb ->> 'officer')), id) where class <> 'usage';
create index entry_at on audit.entry using brin (at) with (pages_per_range = 32, autosummarize = on);
