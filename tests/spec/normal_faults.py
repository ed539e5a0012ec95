"""The smallest faults in the normal form of values, in the writing that is taken, and in what can be none (D-26)."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("SX-04-f", OUT, "rules judge the writing that came and no other", "plane/delivery/writing.py",
          "    if len(value) > longest(item) + _SPARE:\n", "    if value:\n"),
    Fault("SX-04-f", SHIFTED, "what is taken in another writing is kept as it came", "plane/delivery/preparing.py",
          "of(column.taken), of(column.normal)\n", "of(column.given), of(column.normal)\n"),
    Fault("SX-07-d", OUT, "what can be no value is answered as a mismatch", "plane/answer/compare.py",
          "        if (item := _impossible(claim, each.store)) is not None:\n",
          "        if (item := _impossible(claim, each.store)) is not None and not number:\n"),
    Fault("D-26", OUT, "radicals and what GB 18030 moved stay as they are", "core/normalise.py",
          "in _EQUALS if since <= version}", "in _EQUALS if since < version}"),
    Fault("D-26", SHIFTED, "what is sealed in an older form is asked in the newest", "plane/answer/verdicts.py",
          "type=definition.item(code).type, form=form))\n", "type=definition.item(code).type))\n"),
    Fault("D-26", OUT, "a snapshot leaves a store in the form it was", "plane/delivery/merging.py",
          "    elif store.normaliser_version != spool.form:\n", "    elif store.normaliser_version > spool.form:\n"),
)
