"""Documents that are zip archives: nothing before, between or behind the members, and nothing among them that runs."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from hutong.control.procedures.kinds import carried, faults, insides, names

EXPANDED = 200 << 20
"""Bytes of all members together once unpacked."""
KEPT = 20 << 20
"""Bytes of a member that is looked at as a whole: a document in the document, the list of types."""
MEMBERS = 10_000
DEPTH = 1
"""How deep a document may stand in another: the workbook behind a chart."""
PARTS = {
    "docx": (b"word/document.xml", b"wordprocessingml.document.main+xml"),
    "xlsx": (b"xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
    "ofd": (b"OFD.xml", b""),
}
"""Kind → its main part (ECMA-376; GB/T 33190 6.1), and what `[Content_Types].xml` calls that."""
TYPES = b"[Content_Types].xml"
BEGIN = b"PK\x03\x04"
_PROGRAM_HEADS = (
    *(b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
    *(b"\xca\xfe\xba\xbe", b"dex\n", b"#!/", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
)
"""ELF, Mach-O, Java, Android, scripts, and the compound file that holds macros and packaged programs."""
_ACTIVE_PARTS = ("vbaproject", "vbadata", "macrosheets/", "activex/", "meta-inf/manifest.mf", "androidmanifest")
_PAGES = frozenset({"htm", "html", "xht", "xhtml", "mht", "mhtml", "rtf"})
"""Documents of other programs, which are merged in unseen."""
_END = struct.Struct("<4s4H2IH")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 0x2041
_DESCRIBED = 0x0008
_STORED, _DEFLATED = 0, 8
_PIECE = 1 << 20


class ArchiveUnreadable(Exception):
    """The bytes are no zip archive, or not all of it."""


class Crowded(Exception):
    """Something stands between, before or behind the members."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive as the directory at its end lists it."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int

    @property
    def shown(self) -> str:
        """The name as a message can show it."""
        return names.shown(self.name.decode("utf-8", "replace"))


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of one file, with all that stands in it."""

    name: str
    left: int = EXPANDED
    members: int = MEMBERS
    kind: str = ""

    def keep(self, size: int) -> None:
        """Raise AttachmentExpands where more of one member would be kept in memory than is bounded."""
        if size > KEPT:
            raise faults.AttachmentExpands(name=self.name, limit=KEPT >> 20, members=MEMBERS)

    def spend(self, size: int, *, members: int = 0) -> None:
        """Take `size` bytes and so many `members` away; raises AttachmentExpands where that is too much."""
        self.left -= size
        self.members -= members
        if self.left < 0 or self.members < 0:
            raise faults.AttachmentExpands(name=self.name, limit=EXPANDED >> 20, members=MEMBERS)


@dataclass(slots=True)
class ArchiveContents:
    """What was seen in an archive."""

    parts: set[bytes] = field(default_factory=set)
    types: bytes = b""


def check(content: bytes, *, kind: str, name: str) -> None:
    """Refuse an archive that is not a `kind` of `PARTS`, or holds more than that.

    Raises AttachmentBroken, AttachmentPolyglot, AttachmentActive, AttachmentLocked, AttachmentExpands,
    AttachmentNotItsKind, and AttachmentFetches, AttachmentCommands, AttachmentCarries or AttachmentScripted for what
    its XML would do by itself; unpacks no more than `EXPANDED` bytes, a piece at a time.
    """
    try:
        found = _seen(content, budget=Budget(name, kind=kind), depth=0)
    except Crowded:
        raise faults.AttachmentPolyglot(name=name, kind=kind) from None
    except (ArchiveUnreadable, insides.NoXml, zlib.error, struct.error):
        raise faults.AttachmentBroken(name=name, kind=kind) from None
    others = [other for other, (part, _) in PARTS.items() if other != kind and part in found.parts]
    main, called = PARTS[kind]
    if main not in found.parts or called not in found.types:
        raise faults.AttachmentNotItsKind(name=name, found=others[0] if others else "zip")
    if others:
        raise faults.AttachmentPolyglot(name=name, kind=kind)


def _seen(content: bytes, *, budget: Budget, depth: int) -> ArchiveContents:
    members, found = directory(content), ArchiveContents()
    budget.spend(0, members=len(members))
    if len({member.name.lower() for member in members}) < len(members):
        raise Crowded
    for member, start in _placed(content, members):
        _check_name(member, file=budget.name)
        if member.flags & _ENCRYPTED:
            raise faults.AttachmentLocked(name=budget.name, member=member.shown)
        body = _unpacked(content[start : start + member.packed], member=member, budget=budget)
        if body.startswith(BEGIN):
            if depth == DEPTH:
                raise faults.AttachmentActive(name=budget.name, member=member.shown)
            if not _is_workbook(member, _seen(body, budget=budget, depth=depth + 1), kind=budget.kind):
                raise faults.AttachmentCarries(name=budget.name, member=member.shown)
        found.parts.add(member.name)
        found.types += body if member.name == TYPES else b""
    if b"macroenabled" in found.types.lower():
        raise faults.AttachmentActive(name=budget.name, member=TYPES.decode())
    return found


def _is_workbook(member: Member, inside: ArchiveContents, *, kind: str) -> bool:
    """Whether a member is what may stand behind a chart of an office document, and no other archive."""
    part, called = PARTS["xlsx"]
    place = member.name.lower()
    behind_a_chart = kind in ("docx", "xlsx") and b"/embeddings/" in place and place.endswith(b".xlsx")
    return behind_a_chart and part in inside.parts and called in inside.types


def directory(content: bytes) -> list[Member]:
    """Return the members of an archive that ends where its directory ends; raises ArchiveUnreadable or Crowded."""
    last = len(content) - _END.size
    at = content.rfind(b"PK\x05\x06")
    if not content.startswith(BEGIN):
        raise ArchiveUnreadable
    if at != last:
        raise ArchiveUnreadable if at < 0 else Crowded
    _, disk, first_disk, here, count, size, begin, comment = _END.unpack_from(content, last)
    if disk or first_disk or here != count or begin + size != last or comment:
        raise Crowded
    members = []
    while begin < last:
        sign, _, _, flags, method, _, _, crc, packed, full, named, extra, noted, _, _, _, place = _CENTRAL.unpack_from(
            content, begin
        )
        if sign != b"PK\x01\x02":
            raise ArchiveUnreadable
        begin += _CENTRAL.size
        members.append(Member(content[begin : begin + named], flags, method, crc, packed, full, place))
        begin += named + extra + noted
    if len(members) != count or begin != last:
        raise ArchiveUnreadable
    return members


def _placed(content: bytes, members: list[Member]) -> Iterator[tuple[Member, int]]:
    """Yield each member and where its bytes begin; raises Crowded where a byte belongs to none."""
    end = 0
    for member in sorted(members, key=lambda member: member.at):
        sign, _, flags, method, _, _, _, _, _, named, extra = _LOCAL.unpack_from(content, member.at)
        start = member.at + _LOCAL.size + named + extra
        if member.at != end or sign != BEGIN:
            raise Crowded
        if (flags, method) != (member.flags, member.method):
            raise ArchiveUnreadable
        if content[member.at + _LOCAL.size : member.at + _LOCAL.size + named] != member.name:
            raise Crowded
        yield member, start
        end = start + member.packed
        if flags & _DESCRIBED:
            end += _descriptor(content[end : end + 24], member)
    if end != int(_END.unpack_from(content, len(content) - _END.size)[6]):  # where the directory begins
        raise Crowded


def _descriptor(following: bytes, member: Member) -> int:
    """Return how many bytes behind a member repeat its sizes; raises Crowded where they are others."""
    for form in ("<2I", "<2Q"):
        said = struct.pack("<I", member.crc) + struct.pack(form, member.packed, member.size)
        for whole in (b"PK\x07\x08" + said, said):
            if following.startswith(whole):
                return len(whole)
    raise Crowded


def _check_name(member: Member, *, file: str) -> None:
    name = member.name.decode("utf-8", "replace").lower()
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        raise ArchiveUnreadable
    ending = name.rpartition(".")[2]
    if ending in _PAGES:
        raise faults.AttachmentCarries(name=file, member=member.shown)
    active = any(part in name for part in _ACTIVE_PARTS)
    if active or (ending in names.PROGRAMS and ending != "bin"):  # printer settings end in .bin
        raise faults.AttachmentActive(name=file, member=member.shown)


def _unpacked(packed: bytes, *, member: Member, budget: Budget) -> bytes:
    """Return a member's bytes where they are looked at as a whole, else its first; raises where they are a program."""
    if member.method not in (_STORED, _DEFLATED):
        raise ArchiveUnreadable
    budget.spend(member.size)
    pieces = iter([packed]) if member.method == _STORED else _inflated(packed)
    body, size, crc = bytearray(), 0, 0
    look: insides.Look | None = None
    search = carried.FileSearch(member.shown)
    for piece in pieces:
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        if size > member.size:
            raise ArchiveUnreadable
        if size == len(piece) and insides.looked_at(member.shown, kind=budget.kind, begin=piece[:1000]):
            look = insides.Look(member.shown)
        if look is not None:
            look.feed(piece)
        search.feed(piece)
        if size == len(piece) or body.startswith(BEGIN) or member.name == TYPES:
            body += piece
            budget.keep(len(body))
    if (size, crc) != (member.size, member.crc):
        raise ArchiveUnreadable
    if body.startswith(_PROGRAM_HEADS) or _runs_on_windows(body):
        raise faults.AttachmentActive(name=budget.name, member=member.shown)
    if search.found and not body.startswith(BEGIN):  # an archive is looked into, and judged by what it is
        raise faults.AttachmentCarries(name=budget.name, member=member.shown)
    if look is not None:
        look.feed(b"", last=True)
        if look.fault is not None:
            raise look.fault(name=budget.name, member=member.shown)
    return bytes(body)


def _runs_on_windows(body: bytearray) -> bool:
    """Whether a member is a Windows program; two letters alone would find one in every 65,536 fonts too."""
    return body.startswith(b"MZ") and len(body) >= 64 and int.from_bytes(body[60:64], "little") < 1 << 20


def _inflated(packed: bytes) -> Iterator[bytes]:
    reader = zlib.decompressobj(-15)
    yield reader.decompress(packed, _PIECE)
    while not reader.eof:
        piece = reader.decompress(reader.unconsumed_tail, _PIECE)
        if not piece and not reader.eof:
            raise ArchiveUnreadable
        yield piece
    if reader.unused_data:
        raise Crowded
