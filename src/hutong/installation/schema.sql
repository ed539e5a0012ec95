-- name: noted
-- What was noted of Django's tables when they were last made; null where they never were.
select obj_description(to_regclass('public.django_migrations'), 'pg_class')
