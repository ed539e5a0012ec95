"""Any text as one segment of an address: what a browser, a proxy or a router may take for something else is escaped."""

import re

SHAPE = r"(?:[A-Za-z0-9_-]|~[0-9A-F]{2})+"
"""What `escaped` makes of a text: letters, digits, _ and - as they are, every other byte as ~ and two digits."""


def escaped(text: str) -> str:
    """Return a text, which is not empty, as a segment of an address: `a/b` as `a~2Fb`."""
    return re.sub(rb"[^A-Za-z0-9_-]", lambda found: b"~%02X" % found[0][0], text.encode()).decode()


def unescaped(segment: str) -> str:
    """Return the text that `escaped` was given; raises ValueError for what it never returns."""
    if not re.fullmatch(SHAPE, segment):
        raise ValueError(segment)
    return re.sub(rb"~(..)", lambda found: bytes.fromhex(found[1].decode()), segment.encode()).decode()
