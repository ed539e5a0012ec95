"""Faults of the limits of a use: what comparing may guess, and what a query discloses (D-25)."""

from fault import OUT, SHIFTED, Fault

MISMATCHES, DISCLOSING = "plane/answer/mismatches.py", "plane/answer/disclosing.py"
UNMATCHED, CLAIMED = "plane/answer/unmatched.py", "plane/migrations/0007_claims.sql"
RAISED, RAISING = "control/sharing/raised.py", "plane/raising.py"

FAULTS = (
    Fault("SX-07-d D-25", SHIFTED, "the same value fails for one record more", MISMATCHES,
          "            if len(known) >= most and", "            if len(known) > most and"),
    Fault("SX-07-d D-25", OUT, "what a refused question tried is forgotten", "plane/answer/compare.py",
          "            what.add_tried(tried.first(gone))\n",
          "            what.add_tried(tried.first(0 if problem else gone))\n"),
    Fault("SX-07-d D-25", OUT, "a question refused on the way costs no guess about those it went through",
          "plane/answer/compare.py", "        if gone:\n", "        if gone and problem is None:\n"),
    Fault("SX-07-d D-25", OUT, "a value that is worn out is answered where it matches", CLAIMED,
          "group by v.value, v.consumer, v.code having count(*) >= value_records",
          "group by v.value, v.consumer, v.code having count(*) > value_records"),
    Fault("SX-07-d D-25", OUT, "a number is answered where it matches, whatever others of its birth date did", CLAIMED,
          "group by r.part, r.consumer, r.code having count(*) >= value_records",
          "group by r.part, r.consumer, r.code having count(*) > value_records"),
    Fault("SX-07-d D-25", SHIFTED, "of a birth date one number more may not match", UNMATCHED,
          "        return len(known) >= most and", "        return len(known) > most and"),
    Fault("SX-07-d D-25", OUT, "a share that was reached within a list is not seen at its end", CLAIMED,
          "least(greatest(before, share_from), share_claims)\n           and",
          "least(made, share_claims)\n           and"),
    Fault("SX-07-d D-25", OUT, "true claims over and over hide that records do not match", MISMATCHES,
          "        if self._records_beyond(pair):\n", "        if unit.claims < 0:\n"),
    Fault("SX-07-d D-25", OUT, "a record that matched at last counts as one that did not", CLAIMED,
          "    if cardinality(matched_keys) > 0 then\n", "    if cardinality(matched_keys) < 0 then\n"),
    Fault("SX-07-d D-25", OUT, "the share of claims that do not match is not looked at", MISMATCHES,
          "        if unit.beyond():\n", "        if unit.claims < 0:\n"),
    Fault("SX-11-a D-25", OUT, "the authority decides about the limits of its own unit", RAISED,
          "        raise OwnUnitDecided(officer=actor.name)\n", "        return\n"),
    Fault("D-25", SHIFTED, "a limit is raised to what the share of the holding gives", RAISING,
          'and raised.value <= share:', 'and raised.value < share:'),
    Fault("SX-07-d D-25", OUT, "a list that only warns is no list of what there is", MISMATCHES,
          "each.rule in _LISTS and not each.warn for", "each.rule in _LISTS for"),
    Fault("SX-07-e D-25", SHIFTED, "one record more is disclosed than was declared", DISCLOSING,
          "most is not None and number >= most", "most is not None and number > most"),
    Fault("SX-07-e D-25", OUT, "what was disclosed is not counted", "plane/answer/query.py",
          "        _leave(this, disclosing.settling([plan.disclosed for plan in answered], day=this.day))\n", ""),
    Fault("SX-07-e D-25", OUT, "a page goes on where nothing is left", DISCLOSING,
          "            if any(count.full and record not in count.known for count in counts):\n",
          "            if any(count.full and not record for count in counts):\n"),
    Fault("SX-07-e D-25", OUT, "at midnight two lists disclose at once", "plane/answer/disclosing.sql",
          "unnest(array['-infinity'::date, %(day)s])", "unnest(array[%(day)s::date])"),
    Fault("SX-07-b D-25", OUT, "a range needs one end", "plane/answer/conditions.py",
          "    for item in {c.item for c in ranges if c.op is not Op.STARTS}:\n", "    for item in ():\n"),
)
