"""A document in which a file of its own stands is refused, whatever that is called and wherever it begins."""

import pytest
import specimens

from hutong.control.procedures.kinds import carried, faults, known
from hutong.core.errors import Problem


def refused(name: str, content: bytes) -> type[Problem]:
    with pytest.raises(Problem) as raised:
        known.check(content, name=name)
    return raised.type


FILES_INSIDE = {
    "a pdf": {"word/media/x.pdf": specimens.pdf()},
    "a pdf called a picture": {"word/media/image1.png": specimens.pdf()},
    "a pdf behind other bytes": {"word/media/image1.png": b"\x89PNG" + b"\0" * 900 + specimens.pdf()},
    "an archive": {"word/media/x.zip": specimens.archive({"a.txt": b"hi"})},
    "an archive called a workbook": {"word/embeddings/sheet.xlsx": specimens.archive({"a.txt": b"hi"})},
    "a workbook where no chart has one": {"word/media/sheet.xlsx": specimens.xlsx()},
    "a document called a workbook": {"word/embeddings/sheet.xlsx": specimens.docx()},
    "a document": {"word/embeddings/other.docx": specimens.docx()},
    "an empty archive": {"word/media/x.png": b"PK\x05\x06" + b"\0" * 18},
    "an archive behind a picture": {"word/media/x.png": specimens.png() + specimens.archive({"a.txt": b"hi"})},
    "an archive far behind": {"word/media/x.png": b"\x89PNG" + b"\1" * (3 << 20) + specimens.archive({"a": b"hi"})},
    "an archive of 7-Zip": {"word/media/x.png": b"7z\xbc\xaf\x27\x1c\0\4"},
    "an archive of 7-Zip behind": {"word/media/x.png": b"\1" * ((1 << 20) - 3) + b"7z\xbc\xaf\x27\x1c\0\4"},
    "an archive of RAR": {"word/media/x.png": b"Rar!\x1a\x07\1\0"},
    "a tape": {"word/media/x.png": b"\1" * 257 + b"ustar\x0000"},
    "a packed file": {"word/media/x.png": b"\x1f\x8b\x08\0"},
    "a cabinet": {"word/media/x.png": b"MSCF\0\0\0\0"},
    "rich text": {"word/media/x.png": b"{\\rtf1}"},
}


@pytest.mark.parametrize("what", FILES_INSIDE)
def test_refuses_a_document_in_which_a_file_of_its_own_stands(what):
    assert refused("a.docx", specimens.docx(FILES_INSIDE[what])) is faults.AttachmentCarries


@pytest.mark.parametrize("what", ["a pdf", "an archive", "a workbook where no chart has one"])
def test_refuses_a_page_document_in_which_a_file_of_its_own_stands(what):
    pages = {"OFD.xml": b"<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>", **FILES_INSIDE[what]}
    assert refused("a.ofd", specimens.archive(pages)) is faults.AttachmentCarries


def test_takes_a_drawing_that_office_programs_pack():
    packed = specimens.docx({"word/media/image1.emz": b"\x1f\x8b\x08\0" + b"\1" * 40})
    assert known.check(packed, name="a.docx").code == "docx"


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_mark_is_seen_wherever_pieces_part(size):
    whole = b"\1" * 1000 + specimens.archive({"a.txt": b"hi"})
    search = carried.FileSearch("word/media/image1.png")
    for at in range(0, len(whole), size):
        search.feed(whole[at : at + size])
    assert search.found
