"""What granian serves: the pages, and before them the static files."""

import os
from collections.abc import MutableMapping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutong.web.conf")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from hutong.web.front.policy import POLICY


def _on_files(headers: MutableMapping[str, str], path: str, url: str) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"


application = WhiteNoise(
    get_wsgi_application(),
    root=settings.STATIC_FOLDER,
    prefix="static/",
    max_age=3600,
    add_headers_function=_on_files,
)
