"""The units of systemd there are."""

from enum import StrEnum


class UnitPart(StrEnum):
    """The units there are."""

    UP = "up"
    BACKUP = "backup"
    TIMER = "timer"
