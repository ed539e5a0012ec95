"""Attachments on a case's page: the list with its form, adding and taking away, and handing a file out.

What an officer may is decided before, and said with `Allowed`; for cases of the desk's rooms `attaching` decides it,
and `work.files` has the addresses. The name of the address that takes a file ends in `-attachments`: the door lets a
whole file in there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseNotAllowed
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachment_bounds, attachments
from hutong.control.procedures.attachment_bounds import AttachmentBounds
from hutong.control.procedures.attachments import Attached, CaseReference
from hutong.control.procedures.kinds import known
from hutong.core.errors import Invalid, Judging, Refused
from hutong.web import clock, plane
from hutong.web.desk import outcome
from hutong.web.forms import Field
from hutong.web.login.request import PageRequest

MIB = 1 << 20
FILE = "attachment"
"""The field of the file that is added."""


class AttachmentMissing(Invalid):
    """No file was chosen to be attached."""


class MayNotAttach(Refused):
    """Files are added to this case, and taken away, by who prepares it and while it is being prepared."""


class MayNotRead(Refused):
    """The attachments of this case are read by its parties."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A case, what this officer may do with its attachments, and where that is done.

    `address` is where a file is added, `back` the page of the case; `record_class` says how long files are kept.
    Who may remove takes away only what the same officer added.
    """

    case: CaseReference
    may_add: bool
    may_remove: bool
    may_read: bool
    address: str
    back: str
    record_class: RecordClass = RecordClass.ADMINISTRATION
    called: Callable[[], str] | None = None
    """Returns what the case is called where it is told of; its number alone where nothing is given."""

    @property
    def said(self) -> str:
        """What the case is called after something was done to its files."""
        return self.called() if self.called else self.case.case


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as the page of its case shows it."""

    file: Attached
    size: str
    address: str
    may_remove: bool
    kept: str
    """Why the reader does not take it away, where others of the case may be."""


@dataclass(frozen=True, slots=True)
class AttachmentsShown:
    """What `parts/attachments.html` shows: the files, what may be done, and how much room there is."""

    files: tuple[FileShown, ...]
    may_add: bool
    may_read: bool
    editing: bool
    """Whether the reader prepares the case, and so may take the own files away again."""
    address: str
    field: Field
    """Of the file that is added."""

    @property
    def removable(self) -> bool:
        """Whether one of the files may be taken away by the reader."""
        return any(file.may_remove for file in self.files)


def part(allowed: Allowed, *, officer: str) -> AttachmentsShown:
    """Return what the page of a case shows `officer` of its attachments."""
    bounds = attachment_bounds.in_force(clock.today())
    found = attachments.listed(allowed.case) if allowed.may_read else []
    return AttachmentsShown(
        files=tuple(
            FileShown(
                file, shown_size(file.size), f"{allowed.address}{file.id}/",
                may_remove=allowed.may_remove and file.added_by == officer and not file.settled,
                kept=gettext("已随办理步骤提交，不能移除") if file.settled else gettext("由添加人移除"),
            )
            for file in found
        ),
        may_add=allowed.may_add,
        may_read=allowed.may_read,
        editing=allowed.may_remove,
        address=allowed.address,
        field=_field(bounds),
    )


def _field(bounds: AttachmentBounds) -> Field:
    most = {
        "file": attachment_bounds.mib(bounds.file_bytes), "case": attachment_bounds.mib(bounds.case_bytes),
        "files": bounds.case_files,
    }  # fmt: skip
    hint = gettext(
        "PDF、OFD、DOCX、XLSX、图片（JPG、PNG、TIF）或文本（TXT、CSV）。"
        "单个不超过 %(file)s MB，本事项合计不超过 %(case)s MB、%(files)s 个。"
    )
    return Field(
        FILE, gettext("添加附件"), kind="file", required=True,
        files=",".join(f".{ending}" for kind in known.KINDS.values() for ending in kind.endings),
        hint=hint % most,
    )  # fmt: skip


def posted(request: PageRequest, allowed: Allowed, *, meant_for: str | None = None) -> HttpResponse:
    """Add the file that was sent, or take the one named in `remove` away, and lead back to the case.

    `meant_for` is the state in which a page showed the case: of one that went on since, that is told first. Raises
    MayNotAttach, AttachmentMissing, and what adding and removing do: AlreadyDone for a second click.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not (allowed.may_add or allowed.may_remove or allowed.may_read):
        raise MayNotAttach()
    by, now = request.actor, clock.now()
    if gone := request.POST.get("remove"):
        attachments.remove(allowed.case, gone, by=by, editable=allowed.may_remove, now=now, meant_for=meant_for)
        return outcome.done(request, allowed.back, what=gettext("移除附件"), about=allowed.said)
    if not allowed.may_add:
        raise MayNotAttach()
    sent, judging = request.FILES.get(FILE), Judging()
    with judging.of(FILE):
        if sent is None:
            raise AttachmentMissing()
        attachments.add(
            allowed.case, name=sent.name or "", source=sent.chunks(), by=by, record_class=allowed.record_class,
            keyring=plane.keyring(), now=now, meant_for=meant_for,
        )  # fmt: skip
    judging.end()
    about = f"{allowed.said} {sent.name if sent else ''}"
    return outcome.done(request, allowed.back, what=gettext("上传附件"), about=about)


def handed_out(request: PageRequest, allowed: Allowed, attachment: str) -> HttpResponse:
    """Return a file to be kept on the reader's computer, never to be shown here; the reading is entered.

    Raises MayNotRead and what reading does.
    """
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    if not allowed.may_read:
        raise MayNotRead()
    opened = attachments.read(
        allowed.case, attachment, by=request.actor, keyring=plane.keyring(), now=clock.now()
    )  # fmt: skip
    return _file(opened.about, media_type=opened.media_type, content=opened.content)


def _file(about: Attached, *, media_type: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    # RFC 6266: a name that is not ASCII goes as RFC 8187 has it, and no other form beside it.
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=about.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def shown_size(size: int) -> str:
    """Return the size of a file as a computer of an office tells it: its MB are of 1024 × 1024 bytes."""
    return f"{size / MIB:.1f} MB" if size >= MIB else f"{-(-size // 1024)} KB"
