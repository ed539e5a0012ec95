"""Faults of reading delivered files: what vanishes without a word (SX-04-f)."""

from fault import OUT, Fault

QUOTES = "plane/delivery/reading/quotes.py"

FAULTS = (
    Fault("SX-04-f", OUT, "a quotation mark may end a cell anywhere", QUOTES,
          '"(?:[^"]++|"")*+" *+\')\n_BREAK', '"(?:[^"]++|"")*+"[^,\\n]*+\')\n_BREAK'),
    Fault("SX-04-f", OUT, "a quotation mark is never closed", QUOTES,
          "        if last:\n", "        if last and not at:\n"),
    Fault("SX-04-f", OUT, "a cell goes over records", QUOTES,
          "any(found >= least for found in inside) or min(first, last) >= least:\n",
          "any(found > least + width for found in inside) or min(first, last) > width:\n"),
)
