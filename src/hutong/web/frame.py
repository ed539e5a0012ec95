"""What stands around every page: the county, the language switch, the training clock."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

OTHER = {"zh": "en", "en": "zh"}


def frame(request: HttpRequest) -> dict[str, object]:
    """Return what the base template needs; reads neither database nor session."""
    language = translation.get_language() or "zh"
    other = OTHER.get(language, "zh")
    match = getattr(request, "resolver_match", None)
    return {
        "county": settings.COUNTY,
        "language": language,
        "other_language": other,
        "other_url": switched(request.get_full_path(), language=language, other=other),
        "training_now": settings.CLOCK() if settings.CLOCK_SHIFT else None,
        "here": match.url_name if match else "",
        "style_version": STYLE_VERSION,
    }


def switched(path: str, *, language: str, other: str) -> str:
    """Return the same page in the other language; one outside both languages leads home."""
    prefix = f"/{language}/"
    return f"/{other}/{path[len(prefix) :]}" if path.startswith(prefix) else f"/{other}/"


STYLE_VERSION = sha256((Path(__file__).parent / "static" / "hutong.css").read_bytes()).hexdigest()[:12]
