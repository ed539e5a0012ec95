"""What keeps the machine's clock: the system's own word, and time servers that are asked (RFC 4330, SNTP)."""

import ctypes
import secrets
import socket
import struct
from datetime import datetime, timedelta

from hutong.settings import Clock

PORT = 123
ANSWER_SECONDS = 2.0
_PACKET = struct.Struct(">BBBb11I")
_SINCE_1900 = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""
_ASK, _ANSWER = 0x23, 4
"""First byte of a question (version 4, from a client), mode of an answer."""
_UNKEPT_LEAP, _HIGHEST_STRATUM = 3, 15
_ADJTIMEX_WORDS = 64
"""More than the kernel's struct timex has."""
_TIME_ERROR, _UNSYNCHRONISED = 5, 0x40


class NoTime(Exception):
    """A time server did not answer with a time of its own."""


def kept_by_system() -> bool:
    """Return whether the kernel says that a time service keeps its clock; where it says nothing, no (Linux)."""
    told = (ctypes.c_long * _ADJTIMEX_WORDS)()  # modes 0: nothing is set, and no right is needed
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(told)
    except (AttributeError, OSError):
        return False
    # modes, offset, freq, maxerror, esterror, status: each in a word of its own, a half one filled up.
    return 0 <= state < _TIME_ERROR and not told[5] & _UNSYNCHRONISED


def apart(server: str, *, clock: Clock) -> float:
    """Return by how many seconds the clock is certainly ahead of a time server's, less than nothing where it is behind.

    How long the answer took is given to the server. Raises NoTime, and OSError where nothing comes back.
    """
    host, _, port = server.rpartition(":") if server.count(":") == 1 or server.startswith("[") else (server, "", "")
    place = socket.getaddrinfo(host.strip("[]"), int(port or PORT), type=socket.SOCK_DGRAM)[0]
    mark = secrets.randbits(32), secrets.randbits(32)  # our own time is nobody's business; it comes back as it is
    with socket.socket(place[0], place[1]) as line:
        line.settimeout(ANSWER_SECONDS)
        line.connect(place[4])
        asked_at = clock()
        line.send(_PACKET.pack(_ASK, 0, 0, 0, *([0] * 9), *mark))
        answer = line.recv(512)
        answered_at = clock()
    if len(answer) < _PACKET.size:
        raise NoTime(server)
    first, stratum, _, _, *words = _PACKET.unpack(answer[: _PACKET.size])
    if first & 7 != _ANSWER or first >> 6 == _UNKEPT_LEAP or not 0 < stratum <= _HIGHEST_STRATUM:
        raise NoTime(server)
    if tuple(words[5:7]) != mark:
        raise NoTime(server)
    took, left = _since(words[7], words[8], asked_at), _since(words[9], words[10], answered_at)
    # The server took the question after it was asked, and answered before the answer came.
    if took < timedelta():
        return -took.total_seconds()
    return -max(left, timedelta()).total_seconds()


def _since(seconds: int, fraction: int, moment: datetime) -> timedelta:
    """Return how long after a moment of ours a moment of NTP is: of the era in which the two are nearest."""
    ours = moment.timestamp() + _SINCE_1900
    whole = (seconds - int(ours) + (1 << 31)) % (1 << 32) - (1 << 31)
    return timedelta(seconds=whole + fraction / (1 << 32) - ours % 1)
