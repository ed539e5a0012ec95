"""Faults of reading delivered files: what vanishes without a word (SX-04-f)."""

from fault import OUT, Fault

QUOTES = "plane/delivery/reading/quotes.py"

FAULTS = (
    Fault("SX-04-f", OUT, "a quotation mark may end a cell anywhere", QUOTES,
          '"(?:[^"]++|"")*+" *+\')\n_BREAK', '"(?:[^"]++|"")*+"[^,\\n]*+\')\n_BREAK'),
    Fault("SX-04-f", OUT, "a quotation mark is never closed", QUOTES,
          "        if last:\n", "        if last and not at:\n"),
    Fault("SX-04-f", OUT, "a cell goes over records", QUOTES,
          "        if several and width and not every and (", "        if several and not width and every and ("),
)
