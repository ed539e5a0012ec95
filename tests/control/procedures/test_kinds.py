"""What is taken as an attachment, by name and content, and what is refused."""

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile
import zlib

import openpyxl
import pytest
import specimens
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from hutong.control.procedures.kinds import containers, faults, known, names
from hutong.core.errors import Problem


def refused(name: str, content: bytes) -> type[Problem]:
    with pytest.raises(Problem) as raised:
        known.check(content, name=name)
    return raised.type


@pytest.mark.parametrize("name", specimens.GOOD)
def test_takes_a_file_that_is_what_its_name_says(name):
    kind = known.check(specimens.GOOD[name], name=name)

    assert name.rpartition(".")[2].lower() in kind.endings


@pytest.mark.parametrize("name", specimens.GOOD)
def test_refuses_a_file_under_the_ending_of_another_kind(name):
    own = known.check(specimens.GOOD[name], name=name)
    taken = []
    for kind in known.KINDS.values():
        try:
            known.check(specimens.GOOD[name], name=f"x.{kind.endings[0]}")
        except faults.AttachmentNotItsKind:
            continue
        taken.append(kind.code)

    assert taken == (["txt", "csv"] if own.code in ("txt", "csv") else [own.code])


@pytest.mark.parametrize("kind", known.KINDS)
def test_refuses_a_program_under_a_documents_name_and_says_what_it_is(kind):
    with pytest.raises(faults.AttachmentNotItsKind) as raised:
        known.check(specimens.EXE, name=f"合同.{kind}")

    assert raised.value.facts["found"] == "exe"


@pytest.mark.parametrize("name", ["合同.pdf.exe", "a.zip", "a.html", "a.svg", "a.doc", "a.docm", "无扩展名", "a.gif"])
def test_refuses_other_endings(name):
    assert refused(name, specimens.pdf()) is faults.AttachmentKindRefused


@pytest.mark.parametrize("name", ["合同.exe.pdf", "a.js .pdf", "a.b.BAT.c.pdf"])
def test_refuses_a_name_in_which_the_ending_of_a_program_hides(name):
    assert refused(name, specimens.pdf()) is faults.AttachmentNameMisleading


@pytest.mark.parametrize(
    "name",
    [
        "../a.pdf", "..\\a.pdf", "/etc/a.pdf", "C:a.pdf", "a\0.pdf", "a\u202efdp.exe.pdf", "a\u2066.pdf", "a\u200b.pdf",
        "a\n.pdf", "", ".pdf", "a.pdf.", " a.pdf", "a.pdf ", "NUL.pdf", "com1.pdf", "a?.pdf",
        "长" * 80 + ".pdf", "\ud800.pdf",
    ],
)  # fmt: skip
def test_refuses_a_name_that_is_a_path_or_does_not_show_what_it_is(name):
    assert refused(name, specimens.pdf()) is faults.AttachmentNameUnusable


@given(st.text(max_size=60))
def test_a_name_that_is_taken_shows_as_it_is_and_leads_nowhere(name):
    try:
        names.ending(name)
    except Problem:
        return
    assert names.shown(name) == name
    assert not set(name) & set('/\\\0\n\r\u202e"')


PLAIN_ARCHIVE = specimens.archive({"a.txt": b"a"})
ARCHIVE_UP_TO_THE_END = PLAIN_ARCHIVE[:-2] + struct.pack("<H", 6)
POLYGLOTS = {
    "a PDF with an archive behind it": ("a.pdf", specimens.pdf() + PLAIN_ARCHIVE),
    "a PDF in whose stream an archive stands": ("a.pdf", specimens.pdf(ARCHIVE_UP_TO_THE_END)),
    "a PDF in whose stream a 7z archive stands": ("a.pdf", specimens.pdf(b"7z\xbc\xaf\x27\x1c")),
    "a PDF in whose stream a RAR archive stands": ("a.pdf", specimens.pdf(b"Rar!\x1a\x07\x01")),
    "a PDF that says to begin behind its end": ("a.pdf", b"%PDF-1.7\nstartxref\n999\n%%EOF"),
    "a PDF behind a program": ("a.pdf", specimens.pdf() + specimens.EXE + b"\n%%EOF"),
    "a PNG with something behind it": ("a.png", specimens.png() + b"<script>"),
    "a PNG with a zero behind it": ("a.png", specimens.png() + b"\0"),
    "a JPEG with a Java archive behind it": ("a.jpg", specimens.jpeg() + specimens.archive({"A.class": b"\xca\xfe"})),
    "a JPEG in whose comment an archive stands": ("a.jpg", specimens.jpeg(PLAIN_ARCHIVE)),
    "a JPEG in whose comment a PDF begins": ("a.jpg", specimens.jpeg(b"%PDF-1.4")),
    "a TIFF with an archive behind it": ("a.tif", specimens.tiff() + PLAIN_ARCHIVE),
    "a DOCX behind something": ("a.docx", specimens.docx() + b"\0"),
    "a DOCX with a comment": ("a.docx", specimens.docx()[:-2] + b"\x04\x00rest"),
    "a DOCX that is an OFD too": ("a.docx", specimens.docx({"OFD.xml": b""})),
    "a text that is a PDF": ("a.txt", b"\n%PDF-1.4\nhello"),
}


@pytest.mark.parametrize("what", POLYGLOTS)
def test_refuses(what):
    assert refused(*POLYGLOTS[what]) is faults.AttachmentPolyglot


def test_refuses_an_archive_between_whose_members_something_stands():
    whole = specimens.docx()
    directory = whole.index(b"PK\x01\x02")
    moved = struct.pack("<I", directory + 4)
    crowded = whole[:directory] + b"more" + whole[directory:-6] + moved + whole[-2:]

    assert zipfile.ZipFile(io.BytesIO(crowded)).testzip() is None
    assert refused("a.docx", crowded) is faults.AttachmentPolyglot


MAIN = specimens.Member(b"OFD.xml", b"<ofd:OFD/>")
BODY = b"<ofd:Document/>"
DEFLATED = zlib.compress(BODY, wbits=-15)
LIARS = {
    "nothing": ({}, None),
    "bytes before a member": ({"before": b"more"}, faults.AttachmentPolyglot),
    "bytes behind what unpacks": ({"packed": DEFLATED + b"more"}, faults.AttachmentPolyglot),
    "another name before the member": ({"local_name": b"a.exe"}, faults.AttachmentPolyglot),
    "another method before the member": ({"local_method": 0}, faults.AttachmentBroken),
    "other marks before the member": ({"local_flags": 2}, faults.AttachmentBroken),
    "another check sum": ({"crc": 1}, faults.AttachmentBroken),
    "an end that does not come": ({"packed": DEFLATED[:-1]}, faults.AttachmentBroken),
}


@pytest.mark.parametrize("lie", LIARS)
def test_refuses_an_archive_whose_member_has(lie):
    said, fault = LIARS[lie]
    whole = specimens.raw_archive([MAIN, specimens.Member(b"Doc_0/Document.xml", BODY, **said)])

    if fault is None:
        assert known.check(whole, name="a.ofd").code == "ofd"
    else:
        assert refused("a.ofd", whole) is fault


@pytest.mark.parametrize("end", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_refuses_an_archive_of_several_disks(end):
    assert refused("a.ofd", specimens.raw_archive([MAIN], end=end)) is faults.AttachmentPolyglot


def test_refuses_an_archive_that_says_a_comment_follows():
    whole = specimens.raw_archive([MAIN])

    assert refused("a.ofd", whole[:-2] + b"\x01\x00") is faults.AttachmentPolyglot


def test_refuses_a_document_whose_list_of_types_does_not_name_it():
    template = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"

    assert refused("a.docx", specimens.docx(called=template)) is faults.AttachmentNotItsKind


def test_a_jar_before_which_a_gif_stands_is_no_picture_that_is_taken():
    gifar = b"GIF89a" + bytes(20) + specimens.archive({"A.class": b"\xca\xfe\xba\xbe"})

    assert refused("a.jpg", gifar) is faults.AttachmentNotItsKind
    assert refused("a.gif", gifar) is faults.AttachmentKindRefused


BROKEN = {
    "a PNG with a wrong check sum": ("a.png", specimens.png()[:-1] + b"\0"),
    "a PNG without a head": ("a.png", specimens.png(specimens.IDAT, specimens.IEND)),
    "a PNG with two heads": ("a.png", specimens.png(specimens.IHDR, specimens.IHDR, specimens.IEND)),
    "a JPEG without a picture": ("a.jpg", b"\xff\xd8\xff\xe0\x00\x02\xff\xd9"),
    "a JPEG in a JPEG": ("a.jpg", b"\xff\xd8\xff\xd8\xff\xd9"),
    "a TIFF whose strip lies behind its end": ("a.tif", specimens.tiff(fields=((273, 8), (279, 900)))),
    "a TIFF whose directory follows itself": ("a.tif", specimens.tiff(following=10)),
    "a TIFF whose part lies nowhere": ("a.tif", specimens.tiff(fields=((330, 1 << 31),))),
    "a PDF without an end": ("a.pdf", b"%PDF-1.7\nstartxref\n0\n"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_refuses_as_broken(what):
    assert refused(*BROKEN[what]) is faults.AttachmentBroken


LONG = 4 << 20
def endless() -> bytes:
    """Return 16 MiB of nothing, deflated so that it can be put behind itself."""
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(bytes(16 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)


SAME_FIELD = struct.pack("<HHII", 273, 4, LONG // 4, 0)
SLOW = {
    "a TIFF of directories one over the other": (
        "a.tif",
        lambda: b"II*\0" + struct.pack("<IHHHII", 8, 65000, 330, 4, LONG // 8, 32) + bytes(10)
        + struct.pack(f"<{LONG // 8}I", *range(32, 32 + LONG // 8)) + bytes(LONG),
    ),
    "a TIFF whose fields are all the same long list": (
        "a.tif", lambda: b"II*\0" + struct.pack("<IH", 8, 65000) + SAME_FIELD * 65000 + bytes(LONG)
    ),
    "a PNG of nothing but empty chunks": (
        "a.png", lambda: specimens.png(specimens.IHDR, *[(b"tEXt", b"")] * 200_000, specimens.IEND)
    ),
    "a JPEG of nothing but empty segments": (
        "a.jpg", lambda: b"\xff\xd8" + b"\xff\xe0\0\2" * LONG + b"\xff\xd9"
    ),
    "a JPEG of nothing but fill": ("a.jpg", lambda: b"\xff\xd8" + b"\xff" * LONG + b"\xd9"),
    "a PDF of white space": ("a.pdf", lambda: b"%PDF-1.7\nstartxref" + b"\n" * LONG + b"1\n%%EOF"),
    "an OFD whose member unpacks to 16 GiB and says one byte": (
        "a.ofd", lambda: specimens.raw_archive([MAIN, specimens.Member(b"a.xml", b"a", packed=endless() * 1024)])
    ),
    "an OFD of nothing but members": (
        "a.ofd", lambda: specimens.archive({f"{n}": b"" for n in range(9_999)} | {"OFD.xml": bytes(LONG)})
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SLOW)
def test_is_soon_done_with(what):
    name, made = SLOW[what]
    content = made()
    began = time.process_time()
    with contextlib.suppress(Problem):
        known.check(content, name=name)

    assert time.process_time() - began < 5


ACTIVE = {
    "a macro": {"word/vbaProject.bin": b"\0"},
    "a macro by another name": {"word/renamed.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)},
    "an old macro sheet": {"xl/macrosheets/sheet1.xml": b"<x/>"},
    "a control": {"word/activeX/activeX1.xml": b"<x/>"},
    "a program": {"word/media/image1.png": specimens.EXE},
    "a program by its ending": {"word/a.EXE": b"?"},
    "a script": {"word/media/a.txt": b"#!/bin/sh\n"},
    "a document with a macro": {"word/embeddings/a.xlsx": specimens.xlsx({"xl/vbaProject.bin": b""})},
    "documents in documents": {"word/a.xlsx": specimens.xlsx({"xl/b.xlsx": specimens.xlsx()})},
    "a manifest of Java's": {"META-INF/MANIFEST.MF": b"Main-Class: A"},
}


@pytest.mark.parametrize("what", ACTIVE)
def test_refuses_a_document_that_contains(what):
    assert refused("a.docx", specimens.docx(ACTIVE[what])) is faults.AttachmentActive


RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(kind: str, target: str, *, outside: bool = False) -> bytes:
    mode = ' TargetMode="External"' if outside else ""
    one = f'<r:Relationship Id="1" Type="{RELATED}/{kind}" Target="{target}"{mode}/>'
    return f'<r:Relationships xmlns:r="x">{one}</r:Relationships>'.encode()


DOES = {
    "a template from elsewhere": (
        {"word/_rels/settings.xml.rels": related("attachedTemplate", "http://x/a.dotm", outside=True)},
        faults.AttachmentFetches,
    ),
    "a picture from elsewhere, in UTF-16": (
        {"word/_rels/document.xml.rels": related("image", "//x/a.png", outside=True).decode().encode("utf-16")},
        faults.AttachmentFetches,
    ),
    "a field that starts a program, in pieces": (
        {"word/header1.xml": b'<w:p><w:fldChar w:fldCharType="begin"/><w:instrText> DD</w:instrText>'
                             b"<w:instrText>&#69;AUTO c:\\cmd</w:instrText></w:p>"},
        faults.AttachmentCommands,
    ),
    "a simple field that starts a program": (
        {"word/a.dat": b' <w:p><w:fldSimple w:instr="ddeauto c:\\cmd"/></w:p>'}, faults.AttachmentCommands,
    ),
    "a link of a workbook that starts a program": (
        {"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'},
        faults.AttachmentCommands,
    ),
    "a page that is merged in": (
        {"word/_rels/document.xml.rels": related("aFChunk", "a.dat")}, faults.AttachmentCarries,
    ),
    "a page by its ending": ({"word/a.mht": b"MIME-Version: 1.0"}, faults.AttachmentCarries),
    "an object": (
        {"word/_rels/document.xml.rels": related("oleObject", "embeddings/oleObject1.bin"),
         "word/embeddings/oleObject1.bin": b"\x01\x05\0\0"},
        faults.AttachmentCarries,
    ),
    "a shortcut to settings": ({"word/embeddings/a.SettingContent-ms": b"<x/>"}, faults.AttachmentActive),
    "a drawing with a script": (
        {"word/media/a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"},
        faults.AttachmentScripted,
    ),
    "a drawing that does something when it is shown": (
        {"word/media/image1.png": b"\xef\xbb\xbf<s:svg xmlns:s='http://www.w3.org/2000/svg' onload='x()'/>"},
        faults.AttachmentScripted,
    ),
    "entities of its own": (
        {"word/_rels/a.rels": b"<!DOCTYPE a [<!ENTITY e 'External'>]><a/>"}, faults.AttachmentBroken,
    ),
    "relationships that cannot be read": ({"word/_rels/a.rels": b"<a>"}, faults.AttachmentBroken),
}  # fmt: skip
"""What a document does by itself → its members, and the refusal that says so."""


@pytest.mark.parametrize("make", [specimens.docx, specimens.xlsx], ids=["docx", "xlsx"])
@pytest.mark.parametrize("what", DOES)
def test_refuses_a_document_that_does_something_by_itself_and_says_what(what, make):
    members, refusal = DOES[what]
    assert refused("a.docx" if make is specimens.docx else "a.xlsx", make(members)) is refusal


def test_takes_a_document_with_hyperlinks_fields_and_plain_drawings():
    good = {
        "word/_rels/document.xml.rels": related("hyperlink", "https://x/DDE", outside=True),
        "word/header1.xml": b'<w:p><w:fldChar/><w:instrText>HYPERLINK "http://x/ DDE auto"</w:instrText></w:p>',
        "word/media/a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
        "word/drawings/vmlDrawing1.vml": b"<xml><br></xml>",
        "xl/worksheets/_rels/sheet1.xml.rels": related("drawing", "../drawings/drawing1.xml"),
    }
    assert known.check(specimens.docx(good), name="a.docx").code == "docx"


def test_refuses_a_document_with_macros_called_one_without():
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"

    assert refused("a.docx", specimens.docx(called=macro)) is faults.AttachmentActive


def test_takes_the_workbook_behind_a_chart():
    chart = specimens.docx({"word/embeddings/sheet.xlsx": specimens.xlsx()})

    assert known.check(chart, name="a.docx").code == "docx"


def test_refuses_an_archive_that_unpacks_to_more_than_is_bounded():
    bomb = specimens.docx({"word/a.xml": bytes(containers.EXPANDED)})

    assert len(bomb) < 1 << 20
    assert refused("a.docx", bomb) is faults.AttachmentExpands


def test_refuses_an_archive_that_unpacks_to_more_than_it_says():
    liar = specimens.docx({"word/a.xml": bytes(5 << 20)}).replace(struct.pack("<I", 5 << 20), struct.pack("<I", 5))

    assert refused("a.docx", liar) is faults.AttachmentBroken


@pytest.mark.parametrize("begun", [b"PK\x03\x04", b"<Types>"])
def test_keeps_no_member_in_memory_that_unpacks_to_much(begun):
    member = "[Content_Types].xml" if begun == b"<Types>" else "word/a.xlsx"
    whole = specimens.archive({member: begun + bytes(containers.EXPANDED // 2), "word/document.xml": b""})

    tracemalloc.start()
    assert refused("a.docx", whole) is faults.AttachmentExpands
    assert tracemalloc.get_traced_memory()[1] < 2 * containers.KEPT
    tracemalloc.stop()


def test_counts_what_an_archive_inside_unpacks_to():
    inner = specimens.xlsx({"xl/a.xml": bytes(containers.EXPANDED // 2)})  # packed to a thousandth
    both = specimens.docx({"word/embeddings/a.xlsx": inner, "word/embeddings/b.xlsx": inner})

    assert refused("a.docx", both) is faults.AttachmentExpands


def test_refuses_an_archive_of_too_many_members():
    many = specimens.docx({f"word/{number}.xml": b"" for number in range(containers.MEMBERS)})

    assert refused("a.docx", many) is faults.AttachmentExpands


def test_refuses_a_member_that_only_a_password_opens():
    whole = bytearray(specimens.docx())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(sign) + flags] |= 1

    assert refused("a.docx", bytes(whole)) is faults.AttachmentLocked


@pytest.mark.parametrize("member", ["../a.xml", "/a.xml", "word\\a.xml"])
def test_refuses_a_member_whose_name_leads_elsewhere(member):
    assert refused("a.docx", specimens.docx({member: b""})) is faults.AttachmentBroken


def test_refuses_a_member_twice():
    with pytest.warns(UserWarning):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            for name in ("OFD.xml", "OFD.xml"):
                file.writestr(name, b"<ofd:OFD/>")

    assert refused("a.ofd", made.getvalue()) is faults.AttachmentPolyglot


@pytest.mark.parametrize("kind", ["pdf", "ofd", "docx", "xlsx", "jpg", "png", "tif"])
@given(share=st.floats(0, 1, exclude_max=True))
def test_refuses_a_file_that_is_cut(kind, share):
    name, whole = next((name, body) for name, body in specimens.GOOD.items() if name.endswith(kind))
    body = whole.rstrip()

    refused(name, body[: int(len(body) * share)])


@given(st.binary(max_size=300), st.sampled_from(sorted(specimens.GOOD)))
def test_no_bytes_are_a_fault_of_ours(tail, name):
    for content in (tail, specimens.GOOD[name][:12] + tail, specimens.GOOD[name] + tail):
        try:
            known.check(content, name=name)
        except Problem:
            continue


@given(st.binary(max_size=200))
def test_text_is_what_two_encodings_read_without_a_control_character(content):
    try:
        known.check(content, name="a.txt")
    except Problem:
        return
    assert not set(content) & (set(range(32)) - set(b"\t\n\r\x0c"))


def test_takes_what_programs_write():
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "张三"
    book.save(made)
    charted = io.BytesIO()
    with xlsxwriter.Workbook(charted) as writer:
        chart = writer.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        writer.add_worksheet().insert_chart("B2", chart)

    assert known.check(made.getvalue(), name="a.xlsx").code == "xlsx"
    assert known.check(charted.getvalue(), name="a.xlsx").code == "xlsx"


def test_takes_a_document_written_without_turning_back():
    class Stream(io.RawIOBase):
        """What can only be written to its end: sizes then stand behind each member."""

        def __init__(self) -> None:
            self.whole = b""

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.whole += bytes(piece)
            return len(piece)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("OFD.xml", b"<ofd:OFD/>")

    assert known.check(stream.whole, name="a.ofd").code == "ofd"
