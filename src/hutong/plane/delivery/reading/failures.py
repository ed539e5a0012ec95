"""What may be wrong with a file as a whole, whatever its format."""

from hutong.core.errors import Malformed, TooLarge


class FileEmpty(Malformed):
    """The file {file} is empty: there is not even a header."""


class FileBroken(Malformed):
    """{file} cannot be read as {format}; it breaks after row {row}."""


class RowTooWide(TooLarge):
    """A row of {file} after row {row} is larger than {longest} bytes."""
