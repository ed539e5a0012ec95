"""How the platform's operator is reached, in words."""

from django.utils.translation import gettext

from hutong.core.text import ROLES
from hutong.settings import Contact
from hutong.web.wording import reader
from hutong.web.wording.filters import joined


def ways(contact: Contact) -> str:
    """Return who is reached, by telephone, by mail and when, as part of a sentence; nothing where there is no way."""
    if not contact:
        return ""
    each = [
        gettext("电话 %(said)s") % {"said": contact.phone} if contact.phone else "",
        gettext("邮箱 %(said)s") % {"said": contact.mail} if contact.mail else "",
        contact.hours[reader.language()],
    ]
    whom = contact.unit or ROLES["operator"][reader.language()]
    return gettext("%(whom)s（%(ways)s）") % {"whom": whom, "ways": joined(filter(None, each))}
