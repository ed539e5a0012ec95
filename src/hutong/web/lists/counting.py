"""How a number of rows is told that is counted up to a bound."""

from django.utils.translation import gettext

from hutong.core.counting import COUNTED


def told(many: int) -> str:
    """Return how many there are: exact up to the bound of counting, and above it that there are more."""
    return gettext("超过 %(count)s") % {"count": f"{COUNTED:,}"} if many > COUNTED else f"{many:,}"
