"""Faults of the limits of a use: what comparing may guess, and what a query discloses (D-25)."""

from fault import OUT, SHIFTED, Fault

MISMATCHES, DISCLOSING = "plane/answer/mismatches.py", "plane/answer/disclosing.py"

FAULTS = (
    Fault("SX-07-d D-25", SHIFTED, "the same value fails for one record more", MISMATCHES,
          "            if len(known) >= most and", "            if len(known) > most and"),
    Fault("SX-07-d D-25", OUT, "what a refused question tried is forgotten", MISMATCHES,
          "                cost.append(each)\n", ""),
    Fault("SX-07-d D-25", OUT, "a value that is worn out is answered where it matches",
          "plane/migrations/0020_mismatches.sql", "having count(*) >= value_keys", "having count(*) > value_keys"),
    Fault("SX-07-d D-25", OUT, "the share of claims that do not match is not looked at", MISMATCHES,
          "        if unit.beyond():\n", "        if unit.claims < 0:\n"),
    Fault("SX-07-e D-25", SHIFTED, "one record more is disclosed than was declared", DISCLOSING,
          "most is not None and number >= most", "most is not None and number > most"),
    Fault("SX-07-e D-25", OUT, "what was disclosed is not counted", "plane/answer/query.py",
          "        _leave(this, disclosing.settling([plan.disclosed for plan in answered], day=this.day))\n", ""),
    Fault("SX-07-e D-25", OUT, "a page goes on where nothing is left", DISCLOSING,
          "            if any(count.full and record not in count.known for count in counts):\n",
          "            if any(count.full and not record for count in counts):\n"),
    Fault("SX-07-b D-25", OUT, "a range needs one end", "plane/answer/conditions.py",
          "    for item in {c.item for c in ranges if c.op is not Op.STARTS}:\n", "    for item in ():\n"),
)
