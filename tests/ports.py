"""Ports of this machine for the doors of a test."""

import contextlib
import random
import socket

OWN_PORTS = range(20_000, 32_000)
"""Below those that Linux hands out by itself."""


def free_port() -> int:
    """Return a port that nobody has: of those that no connection and no server that takes any is given meanwhile."""
    for port in random.SystemRandom().sample(OWN_PORTS, len(OWN_PORTS)):
        with socket.socket() as unused, contextlib.suppress(OSError):
            unused.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
