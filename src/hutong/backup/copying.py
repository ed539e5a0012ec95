"""What is small and has to be at the second place at once: the heads the log's key has signed, and the settings."""

from pathlib import Path

from hutong.backup import files
from hutong.backup.files import PlaceUnreadable
from hutong.backup.place import BackupPlace
from hutong.db import lasting

SETTINGS = "settings.json"


def copy(at: BackupPlace, *, heads: Path, settings: Path) -> list[str]:
    """Copy every file of the folder of heads, and the settings, that is not the same at the place; return their names.

    What is at the place and here no more stays there: a head that was signed was signed. Raises OSError.
    """
    copied = []
    found = [each for each in sorted(heads.iterdir()) if each.is_file()] if heads.is_dir() else []
    pairs = [(each, at.heads / each.name) for each in found if each.suffix != ".new"]
    pairs += [(settings, at.folder / SETTINGS)] if settings.exists() else []
    for source, target in pairs:
        content = source.read_bytes()
        if not _has(target, content):
            lasting.put(target, content, owner=None)
            copied.append(source.name)
    return copied


def _has(target: Path, wanted: bytes) -> bool:
    try:
        return files.content(target) == wanted
    except (FileNotFoundError, PlaceUnreadable):
        return False
