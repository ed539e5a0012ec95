"""What a door's process can do that it should not: run as its user, in its view, it tries everything it is told of."""

import contextlib
import json
import os
import sys
from pathlib import Path


def tries(path: str, flags: int) -> bool:
    try:
        os.close(os.open(path, flags))
    except OSError:
        return False
    return True


def main() -> None:
    """Print what could be done with processes, files and folders."""
    told = json.loads(sys.argv[1])
    parts = ("environ", "mem", "maps", "auxv", "stack", "cwd", "root", "exe", "fd", "io", "map_files")
    seen = [
        f"{pid} {part}"
        for pid in told["pids"]
        for part in parts
        if _looks(f"/proc/{pid}/{part}")
    ]  # fmt: skip
    struck = []
    for pid in told["pids"]:
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.kill(pid, 0)
            struck.append(pid)
    become = []
    for uid in (0, *told["uids"]):
        with contextlib.suppress(PermissionError):
            os.setuid(uid)
            become.append(uid)
    print(
        json.dumps(
            {
                "seen": seen, "struck": struck, "become": become, "uid": os.getuid(),
                "read": [path for path in told["files"] if tries(path, os.O_RDONLY)],
                "written": [path for path in told["files"] if tries(path, os.O_WRONLY)],
                "listed": [path for path in told["folders"] if os.access(path, os.R_OK)],
                "changed": [path for path in told["folders"] if os.access(path, os.W_OK)],
                "privileges": Path("/proc/self/status").read_text(),
            }
        )
    )  # fmt: skip


def _looks(path: str) -> bool:
    if path.endswith(("fd", "map_files")):
        return os.access(path, os.R_OK)
    if path.endswith(("cwd", "root", "exe")):
        with contextlib.suppress(OSError):
            return bool(os.readlink(path))
        return False
    try:
        with open(path, "rb") as file:
            return bool(file.read(1)) if not path.endswith("mem") else True
    except OSError:
        return False


if __name__ == "__main__":
    main()
