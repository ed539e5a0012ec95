"""A provider's loader in a process of its own: takes deliveries in turn and says what became of each.

Every other delivery goes over HTTP, signed, to the gateway's `PUT /v1/deliveries`; the others are loaded here. It
prints one line a receipt, after it was returned. Where database or gateway cannot be reached, or asks to come again,
it comes again with the same delivery under the same key, as a provider would.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from delivered import SYSTEM, Delivery, delivery

from hutong.client import Context, keys
from hutong.client.wire import PlatformConnection, PlatformOutOfReach, Refusal
from hutong.db.database import Database
from hutong.host.doors import inherited
from hutong.installation.opening import Installation
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring

PAUSE_SECONDS = 0.05


Receipt = dict[str, Any]
Way = Callable[[Delivery, Path], Receipt]


class ComeAgain(Exception):
    """Not now."""


def told(receipt: Receipt) -> Receipt:
    """Return what of a receipt must be the same however often a delivery was broken off: all but the moments."""
    moments = ("resource", "received_at", "loaded_at", "warned")
    return {name: value for name, value in receipt.items() if name not in moments}


def plain(receipt: ledger.DeliveryReceipt) -> Receipt:
    """Return a receipt as the gateway tells it, and of how the file was read the report without its sentences."""
    told = json.loads(json.dumps({**asdict(receipt), "digest": receipt.digest.hex()}, default=str))
    return {"resource": told.pop("code"), "read": told.pop("what_was_read"), **told}


def here(installation: Installation) -> Way:
    """Return how a delivery is loaded by this process."""
    keyring = Keyring.load(installation.keyring_path)
    db = Database(installation.database_url, role="plane", size=1)

    def load(given: Delivery, file: Path) -> Receipt:
        try:
            receipt = loading.load(
                db,
                source=file,
                manifest=given.manifest(file),
                keyring=keyring,
                now=installation.clock(),
                by=SYSTEM,
                spool=installation.settings.spool,
            )
        except psycopg.OperationalError:
            raise ComeAgain from None
        return plain(receipt)

    return load


def over_http(installation: Installation) -> Way:
    """Return how a delivery is put to the gateway by the provider's system."""
    given = installation.settings
    line = PlatformConnection(
        f"http://{given.host}:{given.gateway_port}",
        keyid=SYSTEM,
        key=keys.load(given.data / f"{SYSTEM}.key"),
        platform_key=installation.reply_public_key,
    )
    context = Context("zhao", "pc2", "delivery", "m0")

    def put(given: Delivery, file: Path) -> Receipt:
        manifest = given.manifest(file)
        facts = {"resource": manifest.code, "kind": manifest.kind, "rows": manifest.rows, "format": "csv"}
        try:
            receipt: Receipt = line._ask(
                "PUT", f"/v1/deliveries/{manifest.key}", urlencode(facts), file.read_bytes(), context
            )
        except PlatformOutOfReach:
            raise ComeAgain from None
        except Refusal as refusal:
            if refusal.status != 503:
                raise
            raise ComeAgain from None
        return {**receipt, "read": receipt["read"]["report"]}

    return put


def main(begin: int, seed: int, folder: Path) -> None:
    """Deliver from number `begin` on until ended."""
    installation = inherited("web")
    ways = here(installation), over_http(installation)
    number = begin
    while True:
        given = delivery(number, seed=seed)
        way = number % len(ways)
        try:
            receipt = ways[way](given, given.write(folder))
        except ComeAgain:
            time.sleep(PAUSE_SECONDS)
            continue
        print(json.dumps({"number": number, "way": way, **told(receipt)}), flush=True)
        number += 1
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
