"""Every address: the language first, then the page."""

import re

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.static import serve

from hutong.web.front import errors, languages, sheets
from hutong.web.login import entrance, secondfactor
from hutong.web.signon import views as signon


def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """Return one of our own static files."""
    found = finders.find(name)
    response = serve(request, name, document_root=str(settings.HERE / "static")) if found else errors.missing(request)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


urlpatterns = [
    path("", languages.first),
    path("language/<str:language>/", languages.chosen, name="language"),
    path(f"{settings.STATIC_URL.lstrip('/')}hutong.css", sheets.sheet),
    re_path(rf"^{re.escape(settings.STATIC_URL.lstrip('/'))}(?P<name>[\w./-]+)$", static_file),
    path("login/back/<slug:code>/", signon.back, name="signon_back"),
    path("api/", include("hutong.web.api.urls")),
    *i18n_patterns(
        path("login/", entrance.login, name="login"),
        path("login/code/", secondfactor.login, name="login_code"),
        path("login/with/<slug:code>/", signon.begin, name="signon_begin"),
        path("logout/", entrance.logout, name="logout"),
        path("account/", entrance.account, name="account"),
        path("account/new-password/", entrance.new_password, name="new_password"),
        path("account/second-factor/", secondfactor.manage, name="second_factor"),
        path("", include("hutong.web.calendar.urls")),
        path("help/", include("hutong.web.help.urls")),
        path("", include("hutong.web.portal.urls")),
        path("desk/", include("hutong.web.desk.urls")),
    ),
]
handler400 = errors.malformed
handler404 = errors.missing
handler500 = errors.broken
handler403 = errors.forbidden
