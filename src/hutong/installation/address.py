"""Where the doors of an installation are open, and under which names they answer.

Where they are open says a file that their supervisor writes and commands beside it read.
"""

import fcntl
import os
import socket
import struct
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv6Address
from pathlib import Path

from hutong.installation import certificates
from hutong.settings import Settings

FILE = "up.lock"
"""Locked by who looks after the doors: its process, host and ports, a line each."""
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - listening there is asked for, not done
HERE = ("localhost", "127.0.0.1")
"""Names under which a machine finds itself."""
_ADDRESS_OF = 0x8915  # SIOCGIFADDR
_IPV6 = Path("/proc/net/if_inet6")


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


def names(settings: Settings) -> list[str]:
    """Return the names under which the doors answer: those given, or those of their certificate, and this machine's.

    Doors that listen everywhere also answer to each address of the machine, and where no name was given to its host
    name; never to any name whatever, for then a stranger's page could ask them. A name that begins with a dot stands
    for all below it.
    """
    network = settings.network
    given = network.web_names or (certificates.names(network.certificate) if network.certificate else ())
    if settings.host not in EVERYWHERE:
        listening = [settings.host]
    else:
        listening = [*([] if given else [socket.gethostname(), socket.getfqdn()]), *_addresses()]
    return list(dict.fromkeys(_written(each) for each in [*given, *listening, *HERE]))


def authorities(settings: Settings) -> tuple[str, ...]:
    """Return the authorities under which systems ask the gateway: those given, or every name with its port."""
    usual = [each for each in names(settings) if not each.startswith(".")]
    return settings.network.gateway_names or tuple(f"{name}:{settings.gateway_port}" for name in usual)


def at(settings: Settings, *, port: int) -> str:
    """Return the address at which the door at `port` is open: by the certificate's name, where there is one."""
    if not settings.network.certificate:
        host = socket.gethostname() if settings.host in EVERYWHERE else _written(settings.host)
        return f"http://{host}:{port}"
    named = next(each for each in names(settings) if not each.startswith("."))
    return f"https://{named}:{port}"


def _written(name: str) -> str:
    """Return a name as it stands in an address: an IPv6 address in brackets, below a wildcard all of its names."""
    if ":" in name and not name.startswith("["):
        return f"[{name}]"
    return name.removeprefix("*") if name.startswith("*.") else name


def _addresses() -> list[str]:
    """Return the addresses of this machine, as far as the system tells them."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has no address of this kind
                told = fcntl.ioctl(asked, _ADDRESS_OF, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(told[20:24]))
    if _IPV6.exists():
        found += [str(IPv6Address(bytes.fromhex(line.split()[0]))) for line in _IPV6.read_text().splitlines()]
    return found
