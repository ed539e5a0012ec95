"""Addresses of the work pages: the officer's own work, then every room's."""

from django.urls import include, path

from hutong.web.desk.handing_over import urls as handing_over
from hutong.web.desk.messages import urls as messages
from hutong.web.desk.rooms import ROOMS
from hutong.web.desk.tokens import urls as tokens
from hutong.web.desk.work.urls import URLS

urlpatterns = [
    *URLS,
    path("due/", include("hutong.web.desk.due.urls")),
    path("messages/", include(list(messages.URLS))),
    path("handovers/", include(list(handing_over.URLS))),
    path("tokens/", include(list(tokens.URLS))),
    *(path(room.path, include(list(room.urls))) for room in ROOMS),
]
