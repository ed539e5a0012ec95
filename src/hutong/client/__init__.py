"""What a consumer's system uses: sign, ask, follow a feed, verify receipts and proofs. Imports core alone."""

from hutong.client.asking import Compared, Context, Hutong, Page, Refusal
from hutong.client.following import Feed, Followed
from hutong.client.keys import Key, generate
from hutong.client.proving import Proven

__all__ = [
    "Compared",
    "Context",
    "Feed",
    "Followed",
    "Hutong",
    "Key",
    "Page",
    "Proven",
    "Refusal",
    "generate",
]
