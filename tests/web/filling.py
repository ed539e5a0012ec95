"""Fills a county with as many rows of something as a test asks for: copies of one that is there."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import faulting
import fronting
import handing
import maintaining
import psycopg
import securing
import telling
from acting import NOW, County, catalogued
from desks import hire
from django.db import connection, transaction
from registering import administrator, applied

from hutong.audit import log
from hutong.audit.events import EVENTS, USAGE
from hutong.control.procedures import handling
from hutong.control.procedures import messages as told
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies as named
from hutong.core import beijing
from hutong.db import database

OWNER = "-c role=hutong_owner"


def copies(county: County, table: str, many: int, *, where: str = "true", **changes: str) -> None:
    """Insert copies of a row of a table; `changes` says of columns how they differ, in SQL over the number `n`."""
    schema, name = table.split(".")
    with psycopg.connect(county.url, options=OWNER) as opened:
        found = opened.execute(
            "select column_name from information_schema.columns"
            " where table_schema = %s and table_name = %s and is_generated = 'NEVER' and column_name <> 'id'",
            [schema, name],
        ).fetchall()
        columns = [column for (column,) in found]
        values = [changes.get(column, f'o."{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        opened.execute(
            f"insert into {table} ({names})"
            f" select {', '.join(values)} from (select * from {table} where {where} limit 1) o,"
            f" generate_series(1, {many}) n"
        )
        opened.execute(f"analyze {table}")


def applications(county: County, many: int) -> None:
    no = county.draft()
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.sharing_application", many - 1, where=f"no = '{no}'", no="'GX-' || n", entered_at=moment)


def filings(county: County, many: int) -> None:
    no = county.draft()
    county.walk(no, to="FILED")
    moment = "o.filed_at + n / 3 * interval '1 second'"
    copies(
        county, "public.sharing_application", many - 1, where=f"no = '{no}'", no="'GX-' || n", filed_at=moment,
        register_no="o.register_no + n", filing_no="'BA2026-' || lpad((n + 1)::text, 6, '0')", grant_no="'G-GX-' || n",
    )  # fmt: skip


def waiting(county: County, many: int, **changes: str) -> None:
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    copies(
        county, "public.procedures_turn", many - 1, where=f"\"case\" = '{no}' and leads", case="'GX-' || n",
        order_at="o.order_at + n / 3 * interval '1 second'", **changes,
    )  # fmt: skip
    if changes:
        copies(county, "public.procedures_turn", 1, where="\"case\" = 'GX-1'", case="'GX-0'")


def waiting_for_a_head(county: County, many: int) -> None:
    hire(county, "head", "何平", unit=county.actor("competent").unit, roles=("unit_head",))
    waiting(county, many)


def waiting_for_calendar(county: County, many: int) -> None:
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=datetime(2026, 12, 30, 2, tzinfo=UTC))
    waits = "late_at is null and \"left\" is null"
    with psycopg.connect(county.url, options=OWNER) as opened:
        there = opened.execute(f"select count(*) from public.procedures_clock where {waits}").fetchone()[0]
    copies(county, "public.procedures_clock", many - there, where=waits, case="'GX-' || n")


def auditor(county: County) -> None:
    hire(county, "auditor", "郑洁", unit=county.seat("authority").unit, roles=("auditor",))


def purges(county: County, many: int) -> None:
    auditor(county)
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into audit.purge (state, class, before_at, requested_by, requested_at)"
            " select 'requested', 'usage', %s - interval '10 years', 'operator', %s from generate_series(1, %s)",
            [NOW, NOW, many],
        )


def holds(county: County, many: int) -> None:
    auditor(county)
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into audit.hold (class, reason, placed_by, placed_at)"
            " select 'usage', '投诉', 'operator', %s from generate_series(1, %s)",
            [NOW, many],
        )


def waiting_for_nobody(county: County, many: int) -> None:
    seat = county.seat("authority")
    waiting(county, many, role=f"'{seat.role}'", unit=f"'{seat.unit}'", why="'nobody_there'")


def registrations(county: County, many: int) -> None:
    administrator(county)
    no = applied(county, "user")
    there = 4  # with which the county began, and the department
    copies(
        county, "public.registration_registration", many - 1 - there, where=f"no = '{no}'", no="'DJ-' || n",
        code="'p-' || n", entered_at="o.entered_at - n / 3 * interval '1 second'",
    )  # fmt: skip


def plans(county: County, many: int) -> None:
    securing.in_force(county)
    copies(
        county, "public.security_emergencyplan", many - 1, no="'YA-' || n", version="n + 1", state="'REPLACED'",
        entered_at="o.entered_at - n / 3 * interval '1 second'",
    )  # fmt: skip


def drills(county: County, many: int) -> None:
    securing.planned(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.security_drill", many - 1, no="'YL-' || n", entered_at=moment)


def entries(county: County, many: int) -> None:
    row = {"provider_id": county.police}
    catalogued({**row, "code": f"308001/{n:06}", "name": f"台账{n:06}"} for n in range(many - 1))


def grants(county: County, many: int) -> None:
    county.walk(county.draft(), to="FILED")
    moment = "o.from_at - n / 3 * interval '1 second'"
    copies(county, "plane.access_grant", many - 1, no="'G-' || n", from_at=moment)


def limits(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into plane.raised_limit"
            " (name, consumer, value, from_date, until_date, reason, decided_by, decided_at)"
            " select 'compare.share_percent', %s, 45, current_date, current_date, '县数局', 'authority',"
            "        %s - n / 3 * interval '1 second' from generate_series(1, %s) n",
            [county.actor("consumer").unit, NOW, many],
        )


def deliveries(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute("delete from plane.delivery")
        opened.execute(
            "insert into plane.delivery (code, key, version, kind, digest, state, delivered_by, received_at)"
            " values (%s, 'k', 1, 'snapshot', '\\x00', 'received', 'editor', %s)", [county.code, NOW],
        )  # fmt: skip
    moment = "o.received_at - n / 3 * interval '1 second'"
    copies(county, "plane.delivery", many - 1, key="'k-' || n", received_at=moment)


def rejected_rows(county: County, many: int) -> None:
    deliveries(county, 1)
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into plane.rejected_row (code, key, number, item, rule, reason, shown)"
            " select %s, 'k', 1 + number, 'name', 'required', 'VALUE_MISSING', null from generate_series(1, %s) number",
            [county.code, many],
        )
        opened.execute("update plane.delivery set sent = %s, accepted = 0, rejected = %s", [many, many])


def officers(county: County, many: int) -> None:
    hire(county, "accounts", "吴芳", unit=county.actor("operator").unit, roles=("system_admin",))
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from units_officer").fetchone()
        copies(county, "public.auth_user", many - there, where="username = 'consumer'", username="'clerk-' || n")
        opened.execute(
            "insert into units_officer (user_id, unit_id, name, active)"
            " select id, %s, '办事员', true from auth_user where username like 'clerk-%%'", [county.civil],
        )  # fmt: skip


def services(county: County, many: int) -> None:
    hire(county, "accounts", "吴芳", unit=county.actor("operator").unit, roles=("system_admin",))
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into signon_identityservice (code, name, issuer, client_id, authentication, login_address,"
            " token_address, keys_address, leaving_address, algorithms, acr, secret, state, proposed_by, proposed_at,"
            " decided_by, decided_at, reason)"
            " select 'county', '认证服务', 'https://id.example', 'c', 'client_secret_basic', 'https://id.example/a',"
            " 'https://id.example/t', 'https://id.example/k', '', '{RS256}', '{}', '', 'ENDED', 'accounts',"
            " %s - n / 3 * interval '1 second', 'guard', %s, '更换密钥' from generate_series(1, %s) n",
            [NOW, NOW, many],
        )  # fmt: skip


def bindings(county: County, many: int) -> None:
    officers(county, many + 40)
    hire(county, "chief", "单强", unit=county.civil, roles=("unit_admin",))
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into signon_binding (officer_id, issuer, subject, called, bound_by, bound_at, ended_by, reason)"
            " select officer_id, 'https://id.example', 'person-' || n, '', 'chief',"
            " %s - n / 3 * interval '1 second', '', ''"
            " from (select o.id officer_id, row_number() over (order by o.id) n from units_officer o"
            " join auth_user u on u.id = o.user_id where u.username like 'clerk-%%') f where n <= %s",
            [NOW, many],
        )  # fmt: skip


def tokens(county: County, many: int) -> None:
    administrator(county)
    held(county, many)


def held(county: County, many: int, *, by: str = "consumer", named: str = "汇总") -> None:
    """Let an officer hold so many tokens, which nobody knows: the first is called token1."""
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into units_personaltoken (id, officer_id, unit_id, name, digest, scopes, roles, stamp, made_at,"
            " until_at, used_from, requests, ended_by, reason)"
            " select 'token' || n, o.id, o.unit_id, left(%s, 90) || ' ' || n, repeat('0', 64),"
            " '{applications:read}', '{}', '',"
            " %s::timestamptz - n / 3 * interval '1 second', %s::timestamptz + interval '1 day', '', 0, '', ''"
            " from units_officer o join auth_user u on u.id = o.user_id, generate_series(1, %s) n"
            " where u.username = %s",
            [named, NOW, NOW, many, by],
        )  # fmt: skip
        opened.execute("analyze units_personaltoken")


def uses(county: County, many: int) -> None:
    facts = dict.fromkeys(USAGE) | {"unit": county.civil, "user": "zhang", "mode": "compare", "resource": county.code}
    _entered(many, "plane.compared", {**facts, "items": ["name"], "result": "OK"}, unit=county.civil)


def sums(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into audit.monthly_use (month, unit, provider, resource, mode, answered, refused)"
            " select '2026-03-01', %s, %s, '307001/' || n, 'query', n / 3, 1 from generate_series(1, %s) n",
            [county.civil, county.police, many],
        )


def administration(county: County, many: int) -> None:
    hire(county, "auditor", "陈静", unit=county.actor("authority").unit, roles=("auditor",))
    with connection.cursor() as cur:
        cur.execute("select count(*) from audit.entry where class = 'administration'")
        (there,) = cur.fetchone()
    facts = dict.fromkeys(EVENTS["units.role_given"].fields) | {"unit": county.civil, "by": "init", "role": "consumer"}
    _entered(many - there, "units.role_given", facts, unit=county.civil)


def messages(county: County, many: int) -> None:
    facts = dict.fromkeys(EVENTS["plane.delivered"].fields)
    facts |= {"unit": county.police, "resource": county.code, "delivery": "k", "kind": "snapshot", "by": "outside"}
    there = told.counted(county.actor("editor"), now=NOW)
    _entered(many - there, "plane.delivered", facts, unit=county.police)


def _entered(many: int, event: str, facts: Mapping[str, object], *, unit: str) -> None:
    while many > 0:
        with transaction.atomic(), database.joined(connection) as cur:
            log.append(cur, [log.LogEntry(event, NOW, facts, unit)] * min(many, 500))
        many -= 500


def offices(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from units_office").fetchone()
    copies(county, "public.units_office", many - there, until_at="o.from_at + n * interval '1 second'")


def departments(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from units_competence").fetchone()
    copies(county, "public.units_competence", many - there, ended_date="o.from_date + n")


def terms(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from sharing_term").fetchone()
    copies(county, "public.sharing_term", many - there, code="o.code || n")


def units(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from units_unit").fetchone()
    given = {"credit_code": "'9' || lpad(n::text, 17, '0')", "name": "'单位' || n"}
    copies(county, "public.units_unit", many - there, **given)


def servers(county: County, many: int) -> None:
    fronting.registered(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.nodes_frontendserver", many - 1, no="'QZ-' || n", code="'Q-' || n", entered_at=moment)


def server_changes(county: County, many: int) -> None:
    fronting.submitted(county, fronting.registered(county))
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.nodes_serverchange", many - 1, no="'PZ-' || n", entered_at=moment)


def server_drifts(county: County, many: int) -> None:
    fronting.drifted(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    since = "o.since_at - n * interval '1 second'"
    copies(county, "public.nodes_serverdrift", many - 1, no="'BD-' || n", entered_at=moment, since_at=since)


def contact_changes(county: County, many: int) -> None:
    telling.staffed(county)
    telling.named(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.notices_contactchange", many - 1, no="'LX-' || n", entered_at=moment)


def handovers(county: County, many: int) -> None:
    handing.staffed(county)
    handing.handed(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.handovers_handover", many - 1, no="'JJ-' || n", entered_at=moment)


def transfers(county: County, many: int) -> None:
    handing.administered(county)
    no = handing.asked(county)
    handing.take_transfer(county, no, "refuse", by="receiving", reason="编制已满")
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.handovers_transfer", many - 1, no="'DD-' || n", entered_at=moment)


def maintenance(county: County, many: int) -> None:
    maintaining.staffed(county)
    maintaining.told(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.notices_maintenancenotice", many - 1, no="'WH-' || n", entered_at=moment)


def faults(county: County, many: int) -> None:
    faulting.staffed(county)
    faulting.reported(county)
    moment = "o.entered_at - n / 3 * interval '1 second'"
    copies(county, "public.notices_faultcase", many - 1, no="'GZ-' || n", entered_at=moment)


def deputies(county: County, many: int) -> None:
    named.name(
        role="competent", unit=county.actor("competent").unit, username="approver", until_date=date(2026, 3, 31),
        reason="人员调动", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    copies(county, "public.units_deputy", many - 1, ended_at="o.from_at + n * interval '1 second'")


def consultations(county: County, many: int) -> None:
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    handling.consult(
        APPLICATIONS, no, unit=county.civil, actor=county.actor("competent"), now=NOW, words="是否需要？"
    )
    copies(county, "public.procedures_handling", many - 1, where="kind = 'consult'")


def versions(county: County, many: int) -> None:
    changed, by = {"sharing.compliance_days": 4}, county.actor("authority")
    rulebook.change(changed, from_date=beijing.day(NOW), reason="试行", actor=by, now=NOW)
    copies(county, "public.rulebook_version", many - 1, number="n + 1")


def changes(county: County, many: int) -> None:
    with psycopg.connect(county.url, options=OWNER) as opened:
        (there,) = opened.execute("select count(*) from catalog_change c join catalog_entry e on e.id = c.entry_id"
                                  " where e.code = %s", [county.code]).fetchone()  # fmt: skip
    copies(county, "public.catalog_change", many - there, where="state = 'PUBLISHED'", no="'BG-' || n")


Fill = Callable[[County, int], None]
"""Sees to it that a county has as many of something as it is asked for, all of which one reader sees."""
