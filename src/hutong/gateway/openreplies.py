"""Replies of open places as browsers and caches want them: read from any origin, validated by ETag, compressed.

Only what is text and large is compressed: the hashes of a tile have nothing to give, and answers that are signed stay
the bytes their digest names.
"""

import gzip
import re
from functools import lru_cache
from hashlib import sha256

from hutong.core.errors import Problem
from hutong.gateway import replies
from hutong.gateway.received import Scope
from hutong.gateway.replies import Reply
from hutong.gateway.state import Gateway

SMALL = 1024
"""Bytes below which nothing is compressed."""
_LARGE_TEXT = re.compile(r"^/log/(?:epoch/[0-9]+/)?tile/entries/|^/openapi\.json$")
_ANY_ORIGIN = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "ETag, Retry-After, Content-Language"),
)
_ASKED_BEFORE = (
    ("allow", "GET, HEAD, OPTIONS"),
    ("access-control-allow-methods", "GET, HEAD"),
    ("access-control-allow-headers", "If-None-Match, Accept-Language"),
    ("access-control-max-age", "86400"),
)


def negotiated(reply: Reply, scope: Scope) -> Reply:
    """Return a reply in the form its reader takes: compressed, or the word that what it holds is what is here."""
    headers = [*reply.headers, *_ANY_ORIGIN]
    content, kept = reply.content, dict(reply.headers).get("cache-control") != "no-store"
    tag = sha256(content).hexdigest()[:32]
    if len(content) >= SMALL and _LARGE_TEXT.search(scope.path):
        headers.append(("vary", "Accept-Encoding"))
        if takes_gzip(scope.headers.get("accept-encoding") or ""):
            headers.append(("content-encoding", "gzip"))
            content, tag = _squeezed(content), f"{tag}-gzip"
    if kept:
        headers.append(("etag", f'"{tag}"'))
        if _has(scope.headers.get("if-none-match") or "", tag):
            unsent = ("content-type", "content-encoding")
            return Reply(304, [each for each in headers if each[0] not in unsent], b"")
    return reply._replace(headers=headers, content=content)


def refused(gateway: Gateway, failure: Problem, *, scope: Scope) -> Reply:
    """Return the reply that tells `failure` at an open place, where every origin may read it."""
    reply = replies.refused(gateway, failure, scope=scope)
    return reply._replace(headers=[*reply.headers, *_ANY_ORIGIN])


def asked_before() -> Reply:
    """Return what a browser asks of a place before it asks there from another origin."""
    return Reply(204, [*_ANY_ORIGIN, *_ASKED_BEFORE], b"")


def takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding takes gzip: by its name, or else by `*`, with a weight above nothing."""
    found: dict[str, bool] = {}
    for part in accepted.lower().split(",")[:20]:
        name, _, rest = part.partition(";")
        weight = rest.strip().removeprefix("q=").strip() if rest else "1"
        found[name.strip()] = weight.strip("0.") != ""
    return found.get("gzip", found.get("x-gzip", found.get("*", False)))


def _has(given: str, tag: str) -> bool:
    """Return whether If-None-Match names this tag; a weak one is as good (RFC 9110)."""
    named = {each.strip().removeprefix("W/") for each in given.split(",")[:100]}
    return "*" in named or f'"{tag}"' in named


@lru_cache(maxsize=64)
def _squeezed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)
