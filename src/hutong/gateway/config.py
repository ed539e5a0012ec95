"""What a gateway is told at its start: a frozen value, and as JSON for worker processes."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.core import network
from hutong.core.errors import Invalid
from hutong.core.network import Network
from hutong.gateway.tick import Bounds

DELIVERIES_AT_ONCE = 4
"""Deliveries taken at the same time by all processes, one of a unit: a slow provider keeps no other waiting."""
VARIABLE = "HUTONG_GATEWAY_CONFIG"


class GatewayNotConfigured(Invalid):
    """The gateway was started without its configuration in {variable}: {fault}."""


def real_clock() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Everything a gateway needs; paths are absolute, nothing else is read from the environment."""

    database_url: str
    keyring_path: Path
    log_name: str
    log_vkey: str
    """The first public key the log had, as a C2SP verifier key; handed out to whoever asks."""
    reply_key_path: Path
    """File of the 32-byte seed that signs replies."""
    keys: Path | None = None
    """Folder of the platform's own keys, where those lie that follow the first; None has no others."""
    spool: Path | None = None
    """Folder where deliveries of machines wait; None takes none."""
    measures: Path | None = None
    """Folder the processes of one gateway count in together; None counts for one process."""
    authorities: tuple[str, ...] = ()
    """Names this gateway answers to, as callers sign them (`host:port`). Empty takes any: a request signed
    for another platform would then be taken here, so production names them."""
    network: Network = field(default_factory=Network)
    """Which proxies stand in front: a stranger's source is who asked them."""
    disks: Mapping[str, Path] = field(default_factory=dict)
    """Folders whose disks are watched, by what lies there (`installation/watching.py`)."""
    certificate: Path | None = None
    """PEM file of the certificate the server shows: its last day is watched."""
    now: Callable[[], datetime] = real_clock
    bounds: Bounds = field(default_factory=Bounds)
    body_bytes: int = 1 << 20
    waiting_bytes: int = 64 << 20
    """Most bytes of bodies that are held at once, at all signed places together, besides what `bounds` says of their
    number; over it a caller is told so before its body is read. No less than `body_bytes`."""
    body_seconds: float = 10.0
    """Longest a body is waited for. With the longest wait for an answer it is no more than a stop waits for callers.
    From a caller that is not identified no more than 64 KiB are read."""
    delivery_bytes: int = 8 << 30
    idle_seconds: float = 30.0
    """Longest a delivery may say nothing; over a minute it must come with 16 KiB a second besides."""
    connections: int = 4
    answer_seconds: float = 5.0
    """Longest one statement of an answer may take: while it does, no service can be suspended."""
    role: str | None = "plane"
    """The group role its connections take; None stays who the URL names."""
    warnings: tuple[str, ...] = ()
    """Codes of what is wanting of the protection of evidence (`installation/protection.py`), told with the health."""

    def dump(self, *, shift: timedelta = timedelta()) -> str:
        """Return the JSON for `HUTONG_GATEWAY_CONFIG`; `shift` is how far a training clock runs ahead."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "now"}
        plain["bounds"] = asdict(self.bounds)
        plain["network"] = {"proxies": [str(each) for each in self.network.proxies]}
        plain["disks"] = {name: str(each) for name, each in self.disks.items()}
        plain["shift_seconds"] = shift.total_seconds()
        return json.dumps(plain, default=str)


def load(text: str) -> GatewayConfig:
    """Return the configuration that `text` gives; raises GatewayNotConfigured."""
    try:
        raw = json.loads(text)
        shift = timedelta(seconds=raw.pop("shift_seconds", 0))
        for name in ("keyring_path", "reply_key_path", "keys", "spool", "measures", "certificate"):
            raw[name] = Path(raw[name]) if raw.get(name) else None
        raw["disks"] = {name: Path(each) for name, each in raw.get("disks", {}).items()}
        for name in ("authorities", "warnings"):
            raw[name] = tuple(raw.get(name, ()))
        raw["bounds"] = Bounds(**raw.get("bounds", {}))
        proxies = raw.get("network", {}).get("proxies", ())
        raw["network"] = Network(proxies=network.networks(",".join(proxies)))
        return GatewayConfig(**raw, now=(lambda: real_clock() + shift) if shift else real_clock)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise GatewayNotConfigured(variable=VARIABLE, fault=str(fault)) from None


def from_environment() -> GatewayConfig:
    """Return the configuration a worker process finds in its environment; raises GatewayNotConfigured."""
    return load(os.environ.get(VARIABLE, ""))
