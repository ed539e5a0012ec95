"""What narrows a list, as part of an address that leads to it."""

from collections.abc import Mapping

from django.http import QueryDict


def address(fields: Mapping[str, str]) -> str:
    """Return the fields that narrow anything as part of an address."""
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in fields.items() if value})
    return kept.urlencode()
