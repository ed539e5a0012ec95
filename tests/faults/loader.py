"""A provider's loader in a process of its own: takes deliveries in turn and says what became of each.

It prints one line a receipt, after `load` returned it. Where the database cannot be reached it comes again with the
same delivery under the same key, as a provider would.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import psycopg
from delivered import PROVIDER, delivery

from hutong.db.database import Database
from hutong.doors import inherited
from hutong.plane import loading
from hutong.plane.keys import Keyring

PAUSE_SECONDS = 0.05


def told(receipt: loading.DeliveryReceipt) -> dict[str, object]:
    """Return what of a receipt must be the same however often a delivery was broken off: all but the moments."""
    plain = {**asdict(receipt), "digest": receipt.digest.hex()}
    return {name: value for name, value in plain.items() if name not in ("code", "received_at", "loaded_at", "warned")}


def main(begin: int, seed: int, folder: Path) -> None:
    """Deliver from number `begin` on until ended."""
    installation = inherited()
    keyring = Keyring.load(installation.keyring_path)
    db = Database(installation.database_url, role="plane", size=1)
    number = begin
    while True:
        given = delivery(number, seed=seed)
        file = given.write(folder)
        try:
            receipt = loading.load(
                db,
                source=file,
                manifest=given.manifest(file),
                keyring=keyring,
                now=installation.clock(),
                by=PROVIDER,
                spool=installation.settings.spool,
            )
        except psycopg.OperationalError:
            time.sleep(PAUSE_SECONDS)
            continue
        print(json.dumps({"number": number, **told(receipt)}), flush=True)
        number += 1
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
