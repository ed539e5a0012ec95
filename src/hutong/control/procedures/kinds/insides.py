"""What the XML of an office document can do by itself: fetch, start a program, carry another document, run a script.

Read with a parser, for a prefix, an encoding or an entity hides a word from whoever looks for its letters.
"""

import re
from xml.parsers import expat

from hutong.control.procedures.kinds import faults
from hutong.core.errors import Invalid

LEADS_OUT = frozenset({"hyperlink"})
"""Relationships that may lead out of a document: what its reader clicks, and no program fetches by itself."""
CARRIES = frozenset({"afchunk", "oleobject", "control", "activexcontrolbinary"})
"""Relationships to a part that is a document or a program of its own. What stands behind a chart is a `package`."""
FETCHES = frozenset({"attachedtemplate"})
"""Relationships that bring something in wherever it lies."""
_STARTS = frozenset({"ddelink", "olelink"})
_SCRIPTS = frozenset({"script", "foreignobject", "handler", "listener"})
_COMMAND = re.compile(r'(?:^|\n)[\s"]*DDE(?:AUTO)?\b', re.IGNORECASE)
_ROWS = ("xl/worksheets/sheet", "xl/sharedstrings")
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")


class NoXml(Exception):
    """Relationships cannot be read, or a part declares entities of its own."""


def looked_at(name: str, *, kind: str, begin: bytes) -> bool:
    """Whether a member is read as XML: not the rows of a workbook, which have none of this and are many."""
    low = name.lower()
    if kind not in ("docx", "xlsx") or (kind == "xlsx" and low.startswith(_ROWS)):
        return False
    return low.endswith((".xml", ".rels")) or begin.lstrip().startswith(_XML)


class Look:
    """Looks through the XML of one member, piece by piece, and keeps the first fault there is of it."""

    def __init__(self, name: str) -> None:
        self.fault: type[Invalid] | None = None
        self._strict = name.lower().endswith(".rels")
        self._over = False
        self._drawing = False
        self._instructs = False
        self._instructions: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._parser.CharacterDataHandler = self._says
        self._parser.EntityDeclHandler = self._declares

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read on; raises NoXml where relationships cannot be read."""
        if self._over:
            return
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            self._over = True  # old drawings are often written badly; what no parser reads does nothing
            if self._strict:
                raise NoXml from None
        if last and _COMMAND.search("".join(self._instructions)):
            self.fault = self.fault or faults.AttachmentCommands

    def _begins(self, tag: str, attributes: dict[str, str]) -> None:
        name, given = _local(tag), {_local(each): value for each, value in attributes.items()}
        self._drawing = self._drawing or name == "svg"
        if name == "relationship":
            self._relates(given)
        elif name == "altchunk":
            self._found(faults.AttachmentCarries)
        elif name in _STARTS:
            self._found(faults.AttachmentCommands)
        elif name == "fldsimple":
            self._instructions += ["\n", given.get("instr", "")]
        elif name == "fldchar":
            self._instructions.append("\n")
        elif name == "instrtext":
            self._instructs = True
        if self._drawing and (name in _SCRIPTS or any(map(_runs, given.items()))):
            self._found(faults.AttachmentScripted)

    def _relates(self, given: dict[str, str]) -> None:
        kind = given.get("type", "").rpartition("/")[2].lower()
        outside = given.get("targetmode", "").lower() == "external"
        if kind in CARRIES:
            self._found(faults.AttachmentCarries)
        elif kind in FETCHES or (outside and kind not in LEADS_OUT):
            self._found(faults.AttachmentFetches)

    def _ends(self, tag: str) -> None:
        if _local(tag) == "instrtext":
            self._instructs = False

    def _says(self, text: str) -> None:
        if self._instructs:
            self._instructions.append(text)

    def _declares(self, *declared: object) -> None:
        raise NoXml

    def _found(self, fault: type[Invalid]) -> None:
        self.fault = self.fault or fault


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _runs(attribute: tuple[str, str]) -> bool:
    name, value = attribute
    bare = re.sub(r"[\x00-\x20]", "", value).lower()
    return name.startswith("on") or (name == "href" and bare.startswith(("javascript:", "vbscript:", "data:text/")))
