"""The faults of what keeps a county from being lost."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("IS-4.3 SX-11-a", OUT, "what lies at the second place is not held to its digest", "backup/reading_back.py",
          "    if (read.bytes, sha256) != (part.bytes, part.sha256):\n",
          "    if not sha256:\n"),
    Fault("IS-4.3 SX-11-a", SHIFTED, "a set of whatever files counts as a database", "backup/reading_back.py",
          "        if name not in seen:\n", "        if name not in seen and not seen:\n"),
    Fault("SX-11-c", OUT, "one officer alone keeps the keys", "backup/recovery.py",
          "len(told) != 2 or len({each.name for each in told}) < 2 or", "len(told) != 2 or"),
    Fault("SX-11-c", OUT, "a recovery copy is never outdated", "backup/recovery.py",
          "            return hmac.compare_digest(self.wraps, fingerprint(data))\n",
          "            return hmac.compare_digest(self.wraps, fingerprint(data)) or bool(self.wraps)\n"),
    Fault("SX-11-c", SHIFTED, "the seeds of the log that followed are not wrapped", "backup/recovery.py",
          "if path.is_file() and path.suffix != \".new\"]", "if path.is_file() and not path.suffixes[1:]]"),
    Fault("SX-11-c", SHIFTED, "a log from a backup is signed at once", "audit/signing.py",
          "epoch.number <= known.epoch:", "epoch.number < known.epoch:"),
    Fault("SX-11-c", OUT, "two restores of one backup begin the same epoch", "audit/beginning.py",
          "(known.ahead if known else 1)", "(known.epoch if known else 1)"),
    Fault("SX-11-a PS-05-2c", OUT, "a log that has a gap begins anew without a set", "backup/archiving.py",
          "            self._due, self._aimed = True, None\n", "            self._due, self._aimed = False, None\n"),
    Fault("SX-11-a PS-05-2c", SHIFTED, "what was sent counts as received", "backup/archiving.py",
          "        if state.received < position:\n", "        if state.current < position:\n"),
    Fault("IS-4.3 PS-05-2c", OUT, "a log with a segment missing counts as whole", "backup/reading_back.py",
          "        if not here:\n", "        if not by_number:\n"),
)  # fmt: skip
