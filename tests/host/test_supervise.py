"""Doors that fall are opened again."""

import os
import time

from hutong.host.supervise import Doors


def test_a_door_that_fell_is_started_again_after_its_pause_however_often_one_looks():
    doors = Doors(commands={"short": ["--help"]}, environ={**os.environ, "TERM": "dumb"})
    doors.start()
    first = doors.process("short").pid
    until = time.monotonic() + 30

    while doors.process("short").pid == first and time.monotonic() < until:
        doors.tend()
        time.sleep(0.1)

    assert doors.process("short").pid != first
    doors.stop()
