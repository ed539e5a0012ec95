"""The county's witness: a consumer's own process, with a key and a folder of its own beside the platform's, not in it.

Who sets back the platform's folder and its database does not set back the witness: it remembers what it saw, cosigns
nothing of a log that does not continue it, and says why.
"""

import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from rich.console import Console

from hutong.audit import witnesses
from hutong.client import keys, witnessing
from hutong.core.cosignature import WitnessSigner
from hutong.db.database import Database
from hutong.demo import fill
from hutong.host.supervise import end_with
from hutong.installation.opening import Installation
from hutong.terminal.speaking import say

EVERY_SECONDS = 2
BY = "authority"
"""Who registers it."""


def folder_of(installation: Installation) -> Path:
    """Return the folder of the witness."""
    data = installation.settings.data
    return data.with_name(f"{data.name}-witness")


@contextmanager
def at_work(installation: Installation, console: Console) -> Iterator[None]:
    """Let the county's witness run while the block does; where it ends by itself, its last words are told."""
    folder = folder_of(installation)
    signer = _signer(folder)
    _register(installation, signer)
    stopping = threading.Event()
    with (folder / "witness.log").open("ab") as log:
        process = subprocess.Popen(
            _command(installation, folder, signer), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "HUTONG_CLIENT_SHIFT_SECONDS": str(fill.shift(installation))}, process_group=0,
        )  # fmt: skip
        threading.Thread(target=_tell_end, args=(process, folder, stopping, console), daemon=True).start()
        console.print(say("demo.witness.at_work", name=signer.name, folder=folder), soft_wrap=True, highlight=False)
        try:
            yield
        finally:
            stopping.set()
            process.terminate()
            process.wait()


def _signer(folder: Path) -> WitnessSigner:
    """Return the signer of the key in the folder, which is made the first time."""
    folder.mkdir(exist_ok=True)
    path = folder / "witness.key"
    if not path.exists():
        keys.generate(path)
    public = keys.load(path).private.public_key().public_bytes_raw()
    return witnessing.signer(f"civil-{sha256(public).hexdigest()[:8]}.witness.example", path)


def _register(installation: Installation, signer: WitnessSigner) -> None:
    """Register it, as the authority does, where this county does not know it yet."""
    from hutong.control.units import queries as members  # Django is set up once the county is filled

    db, now = Database(installation.database_url, role="retention", size=1), installation.clock()
    try:
        with db.transaction() as cur:
            known = {each.witness.name for each in witnesses.every(cur)}
        if signer.name not in known:
            actor = members.actor(BY, now=now)
            witnesses.register(db, key=str(signer.public), by=actor.officer, seats=actor.platform_seats, now=now)
    finally:
        db.close()


def _command(installation: Installation, folder: Path, signer: WitnessSigner) -> list[str]:
    settings = installation.settings
    return [
        *(sys.executable, "-m", __name__, str(os.getpid()), "client"),
        *("--url", f"http://{settings.host}:{settings.gateway_port}", "--log", installation.log_verifier),
        *("--bookmarks", str(folder / "witness.json")),
        *("witness", signer.name, str(folder / "witness.key"), "--every", str(EVERY_SECONDS)),
    ]


def _tell_end(process: "subprocess.Popen[bytes]", folder: Path, stopping: threading.Event, console: Console) -> None:
    process.wait()
    if not stopping.is_set():
        said = (folder / "witness.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        told = say("demo.witness.ended", words=" ".join(said[-2:]))
        console.print(told, soft_wrap=True, highlight=False, markup=False)


def main(arguments: list[str]) -> None:
    """Be the witness: end with the process that began it, however that ended, and do until then what is asked.

    It comes back as that process comes back: one nobody looks after would witness on, and nobody would be told.
    """
    end_with(int(arguments[1]))
    sys.argv = [arguments[0], *arguments[2:]]
    runpy.run_module("hutong.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv)
