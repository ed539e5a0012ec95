"""The faults of what keeps a county from being lost."""

from fault import OUT, SHIFTED, Fault

FAULTS = (
    Fault("IS-4.3 SX-11-a", OUT, "what lies at the second place is not held to its digest", "backup/reading_back.py",
          "    if (read.bytes, sha256) != (part.bytes, part.sha256):\n",
          "    if not sha256:\n"),
    Fault("IS-4.3 SX-11-a", SHIFTED, "a set of whatever files counts as a database", "backup/reading_back.py",
          "        if name not in seen:\n", "        if name not in seen and not seen:\n"),
)  # fmt: skip
