"""What attaching a file takes in the tests: a case, officers, bounds, and what the database shows."""

from dataclasses import dataclass

import psycopg
import specimens
from acting import NOW, credit_code

from hutong.control.procedures import attachment_bounds as bounds_of
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.kinds import faults

MIB = 1 << 20
BOUNDS = bounds_of.AttachmentBounds(file_bytes=20 * MIB, case_bytes=100 * MIB, case_files=100)
CASE = CaseReference("sharing", "SX-2026-0001")
OTHER_CASE = CaseReference("sharing", "SX-2026-0002")


@dataclass(frozen=True)
class Officer:
    officer: str
    name: str
    unit: str
    unit_name: str = "示范县民政局"


ZHANG = Officer("zhang", "张伟", credit_code(4))
WANG = Officer("wang", "王敏", credit_code(1))


def as_owner(url, statement, *values):
    """Run a statement as somebody who has the whole database in hand."""
    return as_role("owner", url, statement, *values)


def as_role(role, url, statement, *values):
    """Run a statement as a role of `db.rights`; returns its rows."""
    with psycopg.connect(url, options=f"-c role=hutong_{role}") as opened:
        cursor = opened.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def logged(url, event):
    """Return the records of an event, as JSON."""
    rows = as_owner(url, "select record::jsonb, unit, counterpart from audit.entry where event = %s order by id", event)
    return [(record, unit, counterpart) for record, unit, counterpart in rows]


REFUSED = {
    "a program called a PDF": ("合同.pdf", specimens.EXE, faults.AttachmentNotItsKind),
    "a PDF that is an archive": ("a.pdf", specimens.pdf() + specimens.docx(), faults.AttachmentPolyglot),
    "a document with a macro": ("a.docx", specimens.docx({"word/vbaProject.bin": b"\0"}), faults.AttachmentActive),
    "a path": ("../../a.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "a name with NUL": ("a\0.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "a name that turns round": ("a\u202efdp.exe.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "nothing": ("a.txt", b"", bounds_of.AttachmentEmpty),
}
CHANGES = {
    "pieces of two files change places": """
        update procedures_attachmentpiece p set sealed = o.sealed from procedures_attachmentpiece o
        where o.id <> p.id and o.number = p.number""",
    "pieces of one file change places": """
        update procedures_attachmentpiece p set sealed = o.sealed from procedures_attachmentpiece o
        where o.attachment_id = p.attachment_id and o.number = 1 - p.number""",
    "the last piece is gone": "delete from procedures_attachmentpiece where number = 1",
    "the first piece is there twice": """
        insert into procedures_attachmentpiece (attachment_id, number, sealed)
        select attachment_id, 2, sealed from procedures_attachmentpiece where number = 0""",
    "a bit is another": "update procedures_attachmentpiece set sealed = set_bit(sealed, 200, 1 - get_bit(sealed, 200))",
    "it has another name": "update procedures_attachment set name = 'b.txt'",
    "it has another size": "update procedures_attachment set size = size - 1",
    "it has another digest": f"update procedures_attachment set sha256 = '{'0' * 64}'",
    "it belongs to another case": f"""update procedures_attachment set "case" = '{OTHER_CASE.case}'""",
}
LONG_AFTER = NOW.replace(year=2040)
