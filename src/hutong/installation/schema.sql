-- name: noted
-- What was noted of Django's tables and of rights when they were last made; null where they never were.
select obj_description(to_regclass('public.django_migrations'), 'pg_class') as django,
       obj_description(to_regnamespace('audit'), 'pg_namespace') as rights

-- name: note_schema
-- Note of which state Django's tables are.
comment on table public.django_migrations is {note}

-- name: note_rights
-- Note of which state the rights are.
comment on schema audit is {note}
