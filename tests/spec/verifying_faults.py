"""The faults planted in what verifies the log, which believes nothing that the log's owner wrote about itself."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("SX-10-b", OUT, "columns of an export say what they like", "audit/lines.py",
          'return None if self._says(record) else "other_columns"', "return None"),
    Fault("SX-10-b", SHIFTED, "who acted and who was the other may change places", "core/leaves.py",
          "{org or ''}\\n{counterpart or ''}\\n", "{','.join(sorted({org or '', counterpart or ''}))}\\n\\n"),
    Fault("SX-10-b", OUT, "an entry may be set down as if it had been long ago", "audit/succession.py",
          "elif (latest and at > latest) or at < self._floor:", "elif latest and at > latest:"),
    Fault("SX-10-b", OUT, "an entry may be of a day that has not come", "audit/succession.py",
          "if self._now is not None and at > self._now:", "if self._now is None and at:"),
    Fault("SX-10-b", OUT, "a checkpoint may be left out of an export", "audit/succession.py",
          "or head.after != (None if last is None else last.size):", "or head.after == head.size:"),
    Fault("SX-10-b", SHIFTED, "a history signed anew continues whatever was kept", "audit/succession.py",
          "if each.head.root != self._frontier.root():", "if each.head.size > size:"),
    Fault("SX-11-a", OUT, "one officer may have begun an epoch", "audit/exported_epochs.py",
          'and record["by"] != record["requested_by"]', 'and record["by"] is not None'),
    Fault("SX-11-a", OUT, "what an epoch says is there of the one before is believed", "audit/exported_epochs.py",
          "elif old is not None and (old.head.size, old.head.root.hex()) != (found.stored, found.stored_root):",
          "elif old is not None and old.head.size < 0:"),
    Fault("SX-10-c", OUT, "an approval that left the log counts", "audit/migrations/0042_agreed_and_in_the_log.sql",
          "      and (exists (select from audit.leaf l where l.entry_id = e.id)\n",
          "      and (e.id > 0 or exists (select from audit.leaf l where l.entry_id = e.id)\n"),
    Fault("SX-10-c", OUT, "a purge nobody agreed to explains what is missing", "audit/purged.py",
          "if _agreed(done, entries) and (purge", "if (purge"),
    Fault("SX-10-c", SHIFTED, "who asked for a purge may have agreed to it", "audit/purged.py",
          "return by != other and told ==", "return told =="),
    Fault("SX-10-c", OUT, "years are counted by the clock of the log", "audit/verify.py",
          "clock = _own_clock(head, now) if _trains(own) else now", "clock = _own_clock(head, now)"),
)
