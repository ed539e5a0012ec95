"""A terminal at which somebody sits: a command of its own process, which is asked and answers."""

import fcntl
import os
import subprocess
import sys
import termios

_ASKS = (b": ", b"]: ")


def typed(*arguments: str, answers: list[str], environ: dict[str, str]) -> tuple[int, str]:
    """Run Python with these arguments at a terminal, type an answer each time it asks; return status and what it said.

    Answers that are not asked for stay in the list.
    """
    ours, theirs = os.openpty()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUTONG_", "LC_"))}
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**clean, "LANG": "en_US.UTF-8", "COLUMNS": "200", **environ},
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # nobody is there any more
            break
        if not piece:
            break
        said += piece
        if said.endswith(_ASKS) and answers:
            os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    return process.wait(), said.decode(errors="replace")
