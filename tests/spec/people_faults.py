"""Faults of who is registered as a person (IS-2.2), and of a table by which many are."""

from fault import OUT, SHIFTED, Fault

PEOPLE = "control/registration/people.py"
TOGETHER = "control/registration/together.py"
SHEET = "control/registration/sheet.py"

FAULTS = (
    Fault("IS-2.2-a PS-09-1", OUT, "a person is registered without a resident number", PEOPLE,
          '    elif not there and judging.spared("identity_no"):', '    elif there and judging.spared("identity_no"):'),
    Fault("IS-2.2-a PS-09-1", OUT, "any eighteen characters are a resident number", PEOPLE,
          '            identifiers.check_resident_number(found["identity_no"], today=beijing.day(now))\n',
          '            str((beijing.day(now), identifiers))\n'),
    Fault("IS-2.2-a PS-09-1", SHIFTED, "who is registered was born tomorrow", PEOPLE,
          'check_resident_number(found["identity_no"], today=beijing.day(now))',
          'check_resident_number(found["identity_no"], today=beijing.day(now).replace(year=2999))'),
    Fault("IS-2.2-a PS-09-1", OUT, "who has no number kept is registered all the same",
          "control/registration/operations.py",
          "    if people.asked(found.kind) and not people.have_identity(found):\n",
          "    if people.asked(found.kind) and not people.asked(found.kind):\n"),
    Fault("IS-2.2-c", OUT, "the numbers of people lie in the database as they are", PEOPLE,
          "        sealed = keyring().lock(number.encode(), use=_USE, place=_place(registration.no, name))\n",
          "        sealed = number.encode()\n"),
    Fault("IS-2.2-c", SHIFTED, "a number opens wherever it lies", PEOPLE,
          '    return f"{no} {name}"\n', '    return f"{no} {name}"[:0]\n'),
    Fault("IS-2.2-c", OUT, "a number is shown as it is", PEOPLE,
          "\"masked\": masked(name, number)}", "\"masked\": number}"),
    Fault("IS-2.2-c", OUT, "a number is seen whole without an entry", PEOPLE,
          '        record("registration.number_seen", said, now=now, unit=found.unit_id)\n',
          "        if not said:\n            record(no, said, now=now)\n"),
    Fault("IS-2.2-c", SHIFTED, "everybody of the unit sees its people's numbers", PEOPLE,
          "    return rules.is_applicant(actor, unit=unit) or actor", "    return actor.unit == unit or actor"),
    Fault("IS-2.2-c", SHIFTED, "the authority sees everybody's numbers", PEOPLE,
          'SEES = "operator"', 'SEES = "authority"'),
    Fault("SX-10-d", OUT, "a table with faults is registered but for them", TOGETHER,
          "        if judged.faults:\n", "        if judged.faults and not judged.new:\n"),
    Fault("SX-10-d", OUT, "a row that stands twice in a table is no fault", TOGETHER,
          "        if not wrong and key in seen:\n", "        if wrong and key in seen:\n"),
    Fault("SX-10-d", SHIFTED, "a table counts as something else than was shown", TOGETHER,
          "        if judged.digest != seen:\n", "        if judged.digest == \"\":\n"),
    Fault("PS-09-1", OUT, "merged cells are read as empty ones", SHEET,
          "    if found.report.merged:\n", "    if found.report.merged < 0:\n"),
    Fault("PS-09-1", OUT, "rows that cannot be read are left out in silence", SHEET,
          "            faults.append(CellFault(odd.number,", "            [].append(CellFault(odd.number,"),
    Fault("PS-09-1", OUT, "what stands in a column of another kind is overlooked", TOGETHER,
          "            judging.add(CellNotAsked(), name)\n", "            judging.spared(name)\n"),
)
