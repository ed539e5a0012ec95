"""Catalogues of words: the `.po` files are kept, what Django reads is compiled from them where it is missing."""

import os
from pathlib import Path


def compile_all(folder: Path) -> list[Path]:
    """Compile every `.po` below `folder` whose `.mo` is missing or older; returns those that were written.

    Processes may do it at the same time: each writes beside the file and renames.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    from babel.messages import mofile, pofile  # what is compiled already, needs none of it

    beside = target.with_name(f"{target.name}.{os.getpid()}")
    with source.open("rb") as words, beside.open("wb") as compiled:
        mofile.write_mo(compiled, pofile.read_po(words, abort_invalid=True))
    beside.rename(target)
