"""Faults of the rules of use: their releases, and who accepts them (IS-2.2-b)."""

from fault import OUT, SHIFTED, Fault

ACCEPTING, RELEASES = "control/registration/accepting.py", "control/releases/operations.py"

FAULTS = (
    Fault("IS-2.2-b", OUT, "nobody who logs in is asked", ACCEPTING,
          "    return None if due_today else rules\n", "    return None if due_today or rules else rules\n"),
    Fault("IS-2.2-b", SHIFTED, "who accepted one release is asked for no other", ACCEPTING,
          "filter(officer=actor.officer, digest=rules.digest)", "filter(officer=actor.officer)"),
    Fault("IS-2.2-b", OUT, "who has a step due today is stopped all the same", ACCEPTING,
          "    return None if due_today else rules\n", "    return None if due_today and not rules else rules\n"),
    Fault("IS-2.2-b", OUT, "an acceptance is not entered", ACCEPTING,
          '            record("registration.rules_accepted", told, now=now, unit=actor.unit)\n',
          "            if not told:\n                record(digest, told, now=now)\n"),
    Fault("IS-2.2-b", SHIFTED, "what is accepted is another text than the page showed", ACCEPTING,
          "    if rules.digest != digest:\n", "    if not digest:\n"),
    Fault("IS-2.2-b", OUT, "an acceptance may be written over", "db/rights.py",
          '                "public.registration_rulesaccepted*": REMEMBER,\n', ""),
    Fault("IS-2.2-b", OUT, "a release may be taken away", "db/rights.py",
          '                "public.releases_release*": REMEMBER,\n', ""),
    Fault("IS-2.2-b", OUT, "a release is not entered", RELEASES,
          '        record("releases.released", told, now=now)\n',
          "        if not told:\n            record(kind, told, now=now)\n"),
    Fault("IS-2.2-b", SHIFTED, "any officer releases the rules", "control/releases/rules.py",
          '    return actor.answers_for(OFFICE, region="")\n', "    return bool(actor.officer)\n"),
)
