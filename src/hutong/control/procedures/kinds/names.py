"""Names of files: which are kept as they come, and what their ending says."""

import re
import unicodedata

from hutong.control.procedures.kinds import faults

LONGEST = 240
"""Bytes of a name in UTF-8; file systems keep 255, and a browser may add a number."""
_PROGRAMS = """
    exe dll scr pif msi msp cpl sys drv ocx bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta lnk url reg inf chm jar class
    dex apk app dmg pkg deb rpm elf so dylib bin sh bash csh command py pyc pl rb php asp aspx jsp docm dotm xlsm xlam
    xltm xlsb pptm swf settingcontent-ms library-ms search-ms searchconnector-ms appref-ms appinstaller application
    website scf desktop theme themepack diagcab msc msix wsc sct
"""
PROGRAMS = frozenset(_PROGRAMS.split())
"""Endings of what runs, or carries what runs."""
_UNKEPT = re.compile(r'[/\\:*?"<>|]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def ending(name: str) -> str:
    """Return the ending of a file's name in small letters, without its dot; empty where there is none.

    Raises AttachmentNameUnusable for paths, characters that do not show (NUL, marks that turn the direction of
    writing), names of devices and names too long; AttachmentNameMisleading for `x.exe.pdf`.
    """
    if not _usable(name):
        raise faults.AttachmentNameUnusable(name=shown(name))
    _, *endings = name.lower().split(".")
    for inner in endings[:-1]:
        if inner.strip() in PROGRAMS:
            raise faults.AttachmentNameMisleading(name=name, ending=inner.strip())
    return endings[-1] if endings else ""


def shown(name: str) -> str:
    """Return a name as a message can show it: what does not show is a question mark, and a long one is cut."""
    return "".join("?" if _unseen(character) else character for character in name[:80])


def _usable(name: str) -> bool:
    if not name or name != name.strip() or name.startswith(".") or name.endswith("."):
        return False
    if any(map(_unseen, name)) or _UNKEPT.search(name) or _DEVICE.fullmatch(name):
        return False
    return len(name.encode()) <= LONGEST


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
