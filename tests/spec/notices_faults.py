"""Faults of who must tell whom, and by when (articles 12 to 15)."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("SX-12-a", OUT, "a unit that named nobody has no contact, though it has a head", "control/notices/queries.py",
          "heads = members.officers_by_unit(HEAD, units=without, now=now)",
          "heads = members.officers_by_unit(HEAD, units=without[:0], now=now)"),
    Fault("SX-12-a", SHIFTED, "who has gone to another unit stays the contact", "control/notices/queries.py",
          "    return found.officer.active and found.officer.unit_id == found.unit_id\n",
          "    return found.officer.active\n"),
    Fault("SX-12-a", OUT, "anybody's officer can be a unit's contact", "control/units/queries.py",
          "return Officer.objects.filter(unit=unit, active=True, user__is_active=True)",
          "return Officer.objects.filter(active=True, user__is_active=True)"),
    Fault("SX-12-a", SHIFTED, "the contact that was named first stays it", "control/notices/queries.py",
          'there.order_by("unit", "-entered_at", "-id")', 'there.order_by("unit", "entered_at", "id")'),
    Fault("SX-12-b", SHIFTED, "a change has to be told two working days ahead", "control/notices/lifecycle.py",
          'LEAD_DAYS = "contact.lead_days"', 'LEAD_DAYS = "maintenance.lead_days"'),
    Fault("SX-12-b", SHIFTED, "the form names a day that is too early", "core/workdays.py",
          'add_workdays(given_on(on, calendar=calendar), _enough(n) + (rule == "B"), calendar=calendar)',
          'add_workdays(given_on(on, calendar=calendar), _enough(n), calendar=calendar)'),
    Fault("SX-12-b", OUT, "no change is ever told too late", "control/notices/queries.py",
          '{"met": True, "late": False}.get(each.result)', '{"met": True, "late": True}.get(each.result)'),
    Fault("SX-12-b", OUT, "a change comes into effect when it is told", "control/notices/operations.py",
          " or found.effective_date > beijing.day(now):", ":"),
    Fault("SX-12-b", OUT, "a notice is entered as nobody's", "control/notices/operations.py",
          'record("notices.contact_told", told, now=now,',
          'record("notices.contact_told", told | {"by": None}, now=now,'),
    Fault("SX-12-b", OUT, "the operator is not told of a change", "control/notices/operations.py",
          "unit=actor.unit, counterpart=operator)", "unit=actor.unit, counterpart=operator and None)"),
    Fault("SX-12-b", OUT, "every officer reads every unit's notices", "control/notices/rules.py",
          "    return actor.reads_of(region) or unit == actor.unit\n",
          "    return bool(actor or region or unit)\n"),
)
