"""Asking an identity service: its own host alone, no detours, so many bytes and so many seconds, all told."""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from hutong.control.signon import rules
from hutong.control.signon.rules import ServiceAway

MOST_SECONDS = 10.0
"""From the first packet to the last, whatever the service does."""
STEP_SECONDS = 5.0
"""Without a sign of life."""
MOST_BYTES = 256 * 1024
"""Of one answer's body."""
AGENT = b"hutong"


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What a service answered: its status, and its body."""

    status: int
    body: bytes


def ask(
    method: str, address: str, *, of: str, headers: Mapping[str, str] | None = None, body: str = ""
) -> ServiceAnswer:
    """Ask a service for something at its own host, that of its issuer `of`; raises ServiceAway.

    An answer that leads elsewhere is returned as it is and followed nowhere; no proxy of the environment is asked.
    """
    host = rules.origin(address)
    if not host or host != rules.origin(of):
        raise ServiceAway(host=host or address[:60], service_fault="ADDRESS_ELSEWHERE")
    told = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    told += [(b"Host", _authority(address)), (b"Accept", b"application/json"), (b"User-Agent", AGENT)]
    if body:
        told += [
            (b"Content-Type", b"application/x-www-form-urlencoded"), (b"Content-Length", str(len(body)).encode())
        ]  # fmt: skip
    steps = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
    until = time.monotonic() + MOST_SECONDS
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=_trusted(), network_backend=_Hurried(until), http1=True, http2=False, retries=0
            ) as pool,
            pool.stream(
                method, address, headers=told, content=body.encode() or None, extensions={"timeout": steps}
            ) as answer,
        ):
            return ServiceAnswer(answer.status, _read(answer.iter_stream(), host))
    except (httpcore.TimeoutException, TimeoutError):
        raise ServiceAway(host=host, service_fault="TOO_SLOW") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError):
        raise ServiceAway(host=host, service_fault="NO_ANSWER") from None


def _read(parts: Iterable[bytes], host: str) -> bytes:
    found = bytearray()
    for part in parts:
        found += part
        if len(found) > MOST_BYTES:
            raise ServiceAway(host=host, service_fault="TOO_LARGE")
    return bytes(found)


def _authority(address: str) -> bytes:
    return address.split("/", 3)[2].encode()


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom we trust: the authorities of this machine, a county's own among them (`SSL_CERT_FILE`)."""
    return ssl.create_default_context()


class _Hurried(httpcore.NetworkBackend):
    """The network, where nothing takes longer than is left until a moment."""

    def __init__(self, until: float) -> None:
        self._until, self._network = until, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        made = self._network.connect_tcp(
            host, port, timeout=left(self._until), local_address=local_address, socket_options=socket_options
        )
        return _HurriedStream(made, self._until)


class _HurriedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        began = self._stream.start_tls(ssl_context, server_hostname=server_hostname, timeout=left(self._until))
        return _HurriedStream(began, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def left(until: float) -> float:
    """Return for how long the next step may take; raises TimeoutError where no time is left."""
    remaining = until - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return min(remaining, STEP_SECONDS)
