"""Faults of the owner's functions, which see for themselves whether records may go."""

from fault import OUT, SHIFTED, Fault

REMOVING = "audit/migrations/0005_purges.sql"

FAULTS = (
    Fault("SX-10-c", OUT, "a purge takes the records of every class", REMOVING,
          "where e.class = asked.class and e.at < asked.before_at and",
          "where e.at < asked.before_at and"),
    Fault("SX-10-c", OUT, "who may write purges down purges alone", REMOVING,
          "    if entered is null or not entered @> array",
          "    if false and not entered @> array"),
    Fault("SX-10-c", SHIFTED, "records past their years by the clock of who purges go",
          "audit/migrations/0004_clock.sql",
          "then told else least(told, clock_timestamp()) end",
          "then told else greatest(told, clock_timestamp()) end"),
    Fault("SX-10-c", OUT, "an approved purge goes on under a hold", REMOVING,
          "    if exists (select from audit.hold h\n",
          "    if false and exists (select from audit.hold h\n"),
)
