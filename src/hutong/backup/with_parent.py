"""Become a program that ends when its parent does, however that ended: run as a process of its own, before all else.

Linux alone knows a parent's death; elsewhere the supervisor ends the group of a door that has ended.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG


def main(arguments: Sequence[str]) -> None:
    """Become the program that is named after the number of the parent, unless that is gone already."""
    parent, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == int(parent):
        os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
