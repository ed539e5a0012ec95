"""How pages that are served to tests hash passwords: a million rounds took longer than all else there is to a login."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    """As Django's own, a thousandth of its rounds."""

    iterations = 1000
