"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import Resolver404, resolve, reverse, translate_url

from hutong.web import clock
from hutong.web.front import languages
from hutong.web.help import shown as helping
from hutong.web.login import kept_pages
from hutong.web.login.request import known
from hutong.web.wording import contact, reader


def gateway(request: HttpRequest) -> str:
    """Return the address at which the gateway is asked, at the host that the reader came to."""
    host, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{settings.GATEWAY_PORT}"


def page(request: HttpRequest) -> dict[str, object]:
    """Return what every page knows: county, platform, reader, help, and the same page in the other language."""
    other = "zh" if reader.language() == "en" else "en"
    try:
        resolve(request.path_info)
        elsewhere = translate_url(request.get_full_path(), other)
    except Resolver404:
        elsewhere = translate_url(reverse("home"), other)
    return {
        "county": settings.COUNTY,
        "platform": settings.PLATFORM[reader.language()],
        "actor": known(request),
        "elsewhere": languages.switch(request, other, there=elsewhere),
        "offer_english": other == "en" and languages.would_read_english(request),
        "other_language": "中文" if other == "zh" else "English",
        "training": abs(settings.CLOCK_SHIFT.total_seconds()) > 60,
        "now": clock.now(),
        "instance": settings.INSTANCE,
        "contact": settings.CONTACT,
        "contact_ways": contact.ways(settings.CONTACT),
        "help": helping.beside(_address(request)),
        **kept_pages.handed_over(request),
    }


def _address(request: HttpRequest) -> str:
    """Return the name of the address that is asked for; nothing where it has none."""
    found = request.resolver_match
    return (found.url_name or "") if found else ""
