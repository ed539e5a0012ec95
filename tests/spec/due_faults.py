"""Faults of what waits for a calendar, and of purges that officers propose and agree to on pages."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("D-20", SHIFTED, "a look at a notice counts what could not be computed", "control/procedures/clocks.py",
          "    return found.late_at is not None or found.left is not None\n",
          "    return found.late_at is None and found.left is None\n"),
    Fault("D-20", OUT, "who loads calendars is not shown what waits for one", "control/procedures/undated.py",
          ".filter(pk__gt=after or 0)", ".filter(pk__lt=after or 0)"),
    Fault("D-20", OUT, "a calendar that is loaded on a page computes nothing", "control/procedures/undated.py",
          "also=passes.recompute_deadlines, year=year,",
          "also=lambda _: passes.recompute_deadlines(known),\n        year=year,"),
    Fault("SX-12-b", OUT, "what is settled to happen is not listed under what is due", "control/security/duties.py",
          "coming.of_unit(actor))", "coming.of_unit(actor)[:0])"),
    Fault("SX-12-b", SHIFTED, "of a change of the contact no days of notice are shown", "control/handovers/coming.py",
          'name="lead")', 'name="led")'),
    Fault("SX-12-b", OUT, "what is settled of a contact is shown to every unit", "control/handovers/coming.py",
          "ContactChange.objects.filter(unit=actor.unit, ", "ContactChange.objects.filter("),
    Fault("SX-10-c", OUT, "every officer reads and asks for purges on pages", "control/retention/rules.py",
          "    if not entitled(actor):\n", "    if not actor.officer:\n"),
    Fault("SX-10-c", OUT, "the door of the pages may remove records", "db/rights.py",
          '    "control": (\n        "audit.append", "audit.count_refusals",',
          '    "control": (\n        "audit.append", "audit.count_refusals", "audit.remove_entries",'),
    Fault("SX-10-c", OUT, "the door of the pages may write that a purge is done", "db/rights.py",
          '" drop_reason)",\n                "public.procedures_attachment*"',
          '" drop_reason, done_at, removed, certificate)",\n                "public.procedures_attachment*"'),
    Fault("SX-10-c", SHIFTED, "who asked for a purge agrees to it on a page", "control/retention/operations.py",
          "    retention.approve(here(), purge=number, by=actor.officer, seats",
          '    retention.approve(here(), purge=number, by=f"{actor.officer} ", seats'),
)
