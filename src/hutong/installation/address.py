"""Where the doors of an installation are open: a file that its supervisor writes and commands beside it read."""

import os
from dataclasses import replace

from hutong.settings import Settings

FILE = "up.lock"
"""Locked by who looks after the doors: its process, host and ports, a line each."""


def lines(settings: Settings) -> str:
    """Return what the file says of this process, which opens the doors where `settings` have them."""
    return f"{os.getpid()}\n{settings.host}\n{settings.port}\n{settings.gateway_port}\n"


def where(settings: Settings) -> Settings:
    """Return `settings` with the address the doors of this data folder are open at, or were when they last were.

    For a command beside them, whose own environment and options need not name it. Where they never were open, the
    settings are as they came.
    """
    try:
        _, host, *ports = (settings.data / FILE).read_text().splitlines()
        port, gateway_port = map(int, ports)
    except (FileNotFoundError, ValueError):
        return settings
    return replace(settings, host=host, port=port, gateway_port=gateway_port)
