-- name: units
-- Units by their codes: those that fit kind, state and words, after a place.
select u.credit_code as code, u.name, u.kind, u.region_code as region,
       case when u.active then 'active' else 'stopped' end as state, coalesce(d.name, '') as competent,
       coalesce((select string_agg(f.role, ' ' order by f.role) from units_office f
                 where f.unit_id = u.credit_code and f.until_at is null), '') as offices,
       (select count(*) from units_officer o where o.unit_id = u.credit_code and o.active) as officers
from units_unit u
left join units_competence c on c.unit_id = u.credit_code and c.ended_date is null
left join units_unit d on d.credit_code = c.department_id
where (%(unit)s = '' or %(unit)s in (u.credit_code, u.name))
  and (%(kind)s = '' or u.kind = %(kind)s)
  and (%(state)s = '' or (%(state)s = 'active') = u.active)
  and not exists (select from unnest(%(words)s::text[]) word
                  where position(word in lower(concat_ws(' ', u.credit_code, u.name))) = 0)
  and u.credit_code > %(after)s
order by u.credit_code
limit %(limit)s

-- name: officers
-- Officers by their accounts: those of a unit, or of all, that fit role, state and words, after a place.
select a.username as login, o.name, o.unit_id as unit, u.name as unit_name,
       array_to_string(array(
           select r.role from units_roleassignment r
           where r.officer_id = o.id and r.ended_at is null and r.from_date <= %(day)s
             and (r.until_date is null or r.until_date >= %(day)s) order by r.role), ' ') as roles,
       case when o.active and u.active then 'active' else 'stopped' end as state,
       exists (select from units_secondfactor s where s.officer_id = o.id) as second_factor,
       exists (select from units_givenpassword g where g.officer_id = o.id) as password_given_out,
       a.last_login as last_login_at
from units_officer o
join auth_user a on a.id = o.user_id
join units_unit u on u.credit_code = o.unit_id
where (%(seen)s = '' or o.unit_id = %(seen)s)
  and (%(unit)s = '' or %(unit)s in (u.credit_code, u.name))
  and (%(state)s = '' or (%(state)s = 'active') = (o.active and u.active))
  and (%(kind)s = '' or exists (
        select from units_roleassignment r
        where r.officer_id = o.id and r.role = %(kind)s and r.ended_at is null and r.from_date <= %(day)s
          and (r.until_date is null or r.until_date >= %(day)s)))
  and not exists (select from unnest(%(words)s::text[]) word
                  where position(word in lower(concat_ws(' ', a.username, o.name, u.name))) = 0)
  and a.username > %(after)s
order by a.username
limit %(limit)s

-- name: grants
-- Grants, the newest first: those between these units, or all, that fit unit, mode, state, day and words, after a place.
select g.no, g.from_at, g.until_at,
       case when g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0 then 'suspended'
            else g.state end as state,
       g.mode, p.name as provider, c.name as consumer, g.code, r.name as resource, g.version, s.name as system,
       g.quota, g.filing_no
from plane.access_grant g
join plane.resource r on r.code = g.code
join plane.system s on s.id = g.system
join units_unit p on p.credit_code = g.provider
join units_unit c on c.credit_code = g.consumer
where (%(everyone)s or g.provider = any (%(units)s) or g.consumer = any (%(units)s) or g.consumer = any (%(of_region)s))
  and (%(unit)s = '' or %(unit)s in (g.provider, p.name, g.consumer, c.name))
  and (%(kind)s = '' or g.mode = %(kind)s)
  and (%(state)s = '' or %(state)s =
       case when g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0 then 'suspended'
            else g.state end)
  and (%(since)s::timestamptz is null or g.from_at >= %(since)s)
  and not exists (select from unnest(%(words)s::text[]) word where position(word in lower(
        concat_ws(' ', g.no, g.filing_no, g.code, r.name, p.name, c.name, s.name))) = 0)
  and (%(after_at)s::timestamptz is null or (g.from_at, g.no) < (%(after_at)s, %(after)s))
order by g.from_at desc, g.no desc
limit %(limit)s

-- name: cases
-- Cases, those first that moved last: in which these units acted or are waited for, or all, that fit, after a place.
with stepped as (
    select distinct on (s.lifecycle, s."case") s.lifecycle, s."case", s.to_state as state, s.at
    from procedures_step s
    order by s.lifecycle, s."case", s.id desc
), waits as (
    select distinct on (t.lifecycle, t."case") t.lifecycle, t."case", t.state, t.entered_at, t.title, t.label,
           t.role, t.unit, t.of_unit, t.late_at, t.handler
    from procedures_turn t
    order by t.lifecycle, t."case", t.leads desc, t.order_at, t.id
), every as (
    select lifecycle || '/' || "case" as place, lifecycle as kind, "case" as no, coalesce(w.title, '') as title,
           coalesce(w.state, s.state) as state, coalesce(s.at, w.entered_at) as moved_at,
           coalesce(w.label, '') as step, coalesce(w.role, '') as role, coalesce(u.name, '') as unit_name,
           w.late_at, coalesce(w.late_at <= %(now)s, false) as late, coalesce(w.handler, '') as handler,
           w.unit, w.of_unit, s.at is not null as stepped,
           (w.unit = any (%(units)s) or w.of_unit = any (%(units)s))
             and (%(office)s or w.role <> all (%(offices)s)) as theirs
    from stepped s
    full join waits w using (lifecycle, "case")
    left join units_unit u on u.credit_code = w.unit
)
select place, kind, no, title, state, moved_at, step, role, unit_name, late_at, late, handler
from every e
where (%(everyone)s or e.theirs
       or exists (select from procedures_step s where s.lifecycle = e.kind and s."case" = e.no
                  and (s.unit = any (%(of_region)s)
                       or (%(office)s or s.role <> all (%(offices)s))  -- what an office did, its officers read alone
                          and (s.unit = any (%(units)s) or s.by_unit = any (%(units)s) and not s.deputy))))
  and (%(server)s or e.stepped or e.theirs)  -- a draft is its own unit's until it is handed in
  and (%(unit)s = '' or e.unit_name = %(unit)s or %(unit)s in (e.unit, e.of_unit)
       or exists (select from procedures_step s left join units_unit u on u.credit_code = s.unit
                  where s.lifecycle = e.kind and s."case" = e.no
                    and %(unit)s in (s.by_unit, s.unit, s.by_unit_name, u.name)))
  and (%(kind)s = '' or e.kind = %(kind)s)
  and (%(state)s = '' or e.state = %(state)s)
  and (%(since)s::timestamptz is null or e.moved_at >= %(since)s)
  and (not %(late_only)s or e.late)
  and not exists (select from unnest(%(words)s::text[]) word
                  where position(word in lower(concat_ws(' ', e.no, e.title))) = 0)
  and (%(after_at)s::timestamptz is null or (e.moved_at, e.place) < (%(after_at)s, %(after)s))
order by e.moved_at desc, e.place desc
limit %(limit)s
