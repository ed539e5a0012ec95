"""Who asks, behind whatever stands in front of a door: trusted proxies, the real source, the names of the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

Networks = tuple[IPv4Network | IPv6Network, ...]

SUBSCRIBER_BITS = 64
"""Of an IPv6 address, what a network gives to one subscriber, who may use every address below it."""


@dataclass(frozen=True, slots=True)
class Network:
    """How the doors stand in the network."""

    certificate: Path | None = None
    """PEM file of the doors' certificate and those above it; None speaks HTTP."""
    key: Path | None = None
    """PEM file of the certificate's private key."""
    https_before: bool = False
    """Whether a proxy in front speaks HTTPS to every reader, also where it does not say so."""
    proxies: Networks = ()
    """From where a request tells whom it is passed on for, and by which scheme."""
    web_names: tuple[str, ...] = ()
    """Names under which readers open the pages, without a port."""
    gateway_names: tuple[str, ...] = ()
    """Authorities under which systems ask the gateway, as they sign them."""

    def environ(self) -> dict[str, str]:
        """Return what a child process is told of it."""
        return {
            "HUTONG_TLS_CERTIFICATE": str(self.certificate or ""),
            "HUTONG_TLS_KEY": str(self.key or ""),
            "HUTONG_WEB_HTTPS": "1" if self.https_before else "",
            "HUTONG_TRUSTED_PROXIES": ",".join(map(str, self.proxies)),
            "HUTONG_WEB_NAMES": ",".join(self.web_names),
            "HUTONG_GATEWAY_NAMES": ",".join(self.gateway_names),
        }

    def source(self, peer: str, passed_on: Sequence[str]) -> str:
        """Return for whom the request came that `peer` handed in, by the X-Forwarded-For values it has.

        Each proxy adds whom it was asked by, so the values are read from the last to the first, as long as trusted
        proxies wrote them. What a stranger wrote before is never believed.
        """
        found = plain(peer) or peer
        told = [each.strip() for value in passed_on for each in value.split(",")]
        while told and self.trusted(found):
            before = plain(told.pop())
            if before is None:
                break
            found = before
        return found

    def scheme_of(self, peer: str, passed_on: Sequence[str], *, spoken: str) -> str:
        """Return by which scheme a reader asked, where the door itself was asked by `spoken`."""
        if self.https_before:
            return "https"
        told = passed_on[-1].rpartition(",")[2].strip().lower() if passed_on else ""
        return told if told in ("http", "https") and self.trusted(peer) else spoken

    def trusted(self, peer: str) -> bool:
        """Whether `peer` is a proxy whose word on whom it asks for is taken."""
        address = plain(peer)
        return address is not None and any(ip_address(address) in network for network in self.proxies)


def networks(given: str) -> Networks:
    """Return the addresses and networks named in `given`, between commas; raises ValueError."""
    return tuple(ip_network(each, strict=False) for each in names(given))


def names(given: str) -> tuple[str, ...]:
    """Return what stands between the commas of `given`, without blanks and doubles."""
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in given.split(",")))))


def plain(given: str) -> str | None:
    """Return an address as it is compared, without port, brackets or zone; None where it is none."""
    text = given.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def subscriber(source: str) -> str:
    """Return what one subscriber's addresses have in common: all of an IPv4 address, half of an IPv6 address."""
    address = plain(source)
    if address is None or ":" not in address:
        return address or source
    return str(ip_network(f"{address}/{SUBSCRIBER_BITS}", strict=False))
