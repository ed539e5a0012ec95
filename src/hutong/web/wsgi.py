"""What granian serves: the pages, and before them the static files."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutong.web.conf")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from hutong.web import headers

application = WhiteNoise(
    get_wsgi_application(),
    root=settings.STATIC_FOLDER,
    prefix="static/",
    max_age=86_400,  # a changed file is asked for under another query
    add_headers_function=headers.on_files,
)
