"""What an information resource is called where it is told of: by its name, and its code behind it."""

from django.utils.translation import gettext

from hutong.control.catalog import queries as catalog


def called(code: str) -> str:
    """Return a resource's name with its code; of what was never published the code alone."""
    name, _ = catalog.names([(code, None)]).get((code, None), ("", {}))
    return gettext("“%(name)s”（%(code)s）") % {"name": name, "code": code} if name else code
