"""The records an application or a grant is limited to, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext

from hutong.plane.filters import Filter
from hutong.web.wording.filters import joined


def words(row_filter: Filter, items: Mapping[str, str]) -> list[str]:
    """Return a row filter, each item by its name in `items` with its values."""
    return [gettext("%(item)s：%(values)s") % {"item": items.get(code, code), "values": joined(values)}
            for code, values in row_filter.items()]  # fmt: skip
