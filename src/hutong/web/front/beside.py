"""What was typed beside a file that is not taken, read from how its body begins: of the file itself nothing is read."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

from hutong.web.front.buffering import HEAD


class _Before(FileUploadHandler):
    """Ends the reading of a form at its first file, and knows the field and the name of that."""

    found: tuple[str, str] | None = None

    def new_file(self, field_name: str, file_name: str, *given: Any, **more: Any) -> None:
        """Note the file, and read no further."""
        self.found = (field_name, file_name)
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never asked: no file is read."""

    def file_complete(self, file_size: int) -> None:
        """Never asked: no file is read."""


def read(request: HttpRequest) -> str:
    """Give a request the fields that were typed before its first file, and that file by its name, without its content.

    Returns the field of the file; nothing where how the body begins does not reach that far, and nothing is given then.
    """
    head, before = request.META.get(HEAD, b""), _Before()
    given = {"CONTENT_TYPE": request.META.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": str(len(head))}
    try:
        typed, _ = MultiPartParser(given, BytesIO(head), [before], request.encoding).parse()
    except MultiPartParserError:
        return ""
    if before.found is None:
        return ""
    field, name = before.found
    request.META["CONTENT_LENGTH"] = "0"
    request._post = typed  # type: ignore[attr-defined]  # as Django sets them
    request._files = MultiValueDict({field: [SimpleUploadedFile(name, b"")]})  # type: ignore[attr-defined]
    return field
