"""The keys of an exported log, by the changes that the export tells of: each is an entry under the key before it.

Nothing is believed of the file itself: a change counts as far as its entry, its commitment and the signatures go.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from hutong.audit import lines
from hutong.audit.faults import Findings
from hutong.core import tiles
from hutong.core.errors import Problem
from hutong.core.log_keys import KeyChain, KeyChange
from hutong.core.signed_note import Verifier


def read(folder: Path, pinned: Sequence[Verifier], found: Findings) -> KeyChain:
    """Return the keys of the log in a folder; the first pinned one alone where none of them is among these.

    A folder without that file is of a log that changed no key. Raises OSError.
    """
    path = folder / lines.KEYS
    if not path.exists():
        return KeyChain(pinned[0])
    try:
        told = json.loads(path.read_bytes())
        first = Verifier.parse(str(told["keys"][0]["key"]))
        chain = KeyChain(first).following(
            KeyChange.opened(
                name=first.name, index=each["index"], leaf=_at(folder, each["index"]), record=each["record"],
                salt=bytes.fromhex(each["salt"]),
            )
            for each in told["changes"]
        )  # fmt: skip
    except Problem as problem:
        found.add(problem, lines.KEYS)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        found.add("unreadable", lines.KEYS)
    else:
        return chain if {*pinned} & {*chain.keys} else KeyChain(pinned[0])
    return KeyChain(pinned[0])


def _at(folder: Path, index: int) -> bytes:
    """Return the leaf that an export has at a place, by whichever bundle has it; empty where none has."""
    for width in (tiles.FULL, *range(index % tiles.FULL + 1, tiles.FULL)):
        try:
            data = (folder / tiles.entries_path(index // tiles.FULL, width)).read_bytes()
            return tiles.decode_bundle(data, width=width)[index % tiles.FULL]
        except (OSError, tiles.BundleMalformed):
            continue
    return b""
