"""Faults of what keeps the platform standing: processes that fall, disks, certificates and clocks that are watched."""

from fault import OUT, SHIFTED, Fault

WATCHING = "installation/watching.py"

FAULTS = (
    Fault("SX-11-a", OUT, "one dead process takes all of a door along", "host/doors.py",
          "        respawn_failed_workers=True,", "        respawn_failed_workers=False,"),
    Fault("SX-11-a", OUT, "a disk that fills is not warned of", WATCHING,
          '        if disk.percent < limit["disk_percent"] or disk.free < limit["disk_bytes"]\n',
          "        if disk.free < 0\n"),
    Fault("SX-11-a", SHIFTED, "a disk counts as free what root alone may write", WATCHING,
          "    used = (told.f_blocks - told.f_bfree) * told.f_frsize\n",
          "    used = 0\n"),
    Fault("SX-11-a", SHIFTED, "a certificate is told of once it has ended", WATCHING,
          "        elif each.ends_at <= now + timedelta(days=days):\n",
          "        elif each.ends_at <= now + timedelta(days=min(days, 1)):\n"),
    Fault("SX-10-b", SHIFTED, "a clock that is behind is not told", WATCHING,
          '    if abs(apart) > limit["clock_seconds"]:\n', '    if apart > limit["clock_seconds"]:\n'),
    Fault("SX-10-b", OUT, "what time servers say is not noted", "worker/machine.py",
          "    if abs(offsets[server]) <= most:\n", "    if offsets:\n"),
    Fault("SX-10-b", OUT, "a worker of which a part ended lives on", "worker/app.py",
          "        if fallen := [thread.name for thread in threads if not thread.is_alive()]:\n",
          "        if fallen := [thread.name for thread in threads if thread.ident is None]:\n"),
)  # fmt: skip
