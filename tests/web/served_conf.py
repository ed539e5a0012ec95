"""Django's settings for pages that tests look at: a password is hashed a thousand times, as in `acting`."""

from hutong.web.conf import *  # noqa: F403 - the settings themselves

PASSWORD_HASHERS = ["quick_hashing.Quick"]
