"""Faults of the limits of a use: what comparing may guess, and what a query discloses (D-25)."""

from fault import OUT, SHIFTED, Fault

MISMATCHES = "plane/answer/mismatches.py"

FAULTS = (
    Fault("SX-07-d", SHIFTED, "the same value fails for one record more", MISMATCHES,
          "            if len(known) >= most and", "            if len(known) > most and"),
    Fault("SX-07-d", OUT, "what a refused question tried is forgotten", MISMATCHES,
          "                cost.append(each)\n", ""),
    Fault("SX-07-d", OUT, "a value that is worn out is answered where it matches", "plane/answer/mismatches.sql",
          "    having count(*) >= plane", "    having count(*) > plane"),
    Fault("SX-07-d", OUT, "the share of claims that do not match is not looked at", MISMATCHES,
          "        if unit.beyond():\n", "        if unit.claims < 0:\n"),
)
