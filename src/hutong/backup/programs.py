"""PostgreSQL's own programs for copying a cluster, and how they are begun: the password never among the arguments."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from hutong.db import sql

statements = sql.load(__package__, "programs.sql")


@dataclass(frozen=True, slots=True)
class Source:
    """The cluster that is copied: the superuser's address, and the folder of PostgreSQL's programs."""

    url: str
    programs: Path

    def begin(self, program: str, arguments: Sequence[str], *, stderr: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start one of the programs on this cluster; it ends with this process, or the thread that starts it."""
        told = conninfo_to_dict(self.url)
        environ = {
            "PATH": os.defpath, "LC_ALL": "C", "HOME": "/nonexistent",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PGPASSWORD": str(told["password"]),
        }  # fmt: skip
        connect = [f"--host={told['host']}", f"--username={told['user']}", "--no-password"]
        connect += [f"--port={told['port']}"] if told.get("port") else []
        command = [sys.executable, "-m", f"{__package__}.with_parent", str(os.getpid())]
        command += [str(self.programs / program), *connect, *arguments]
        return subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, cwd="/"
        )

    def cluster(self) -> "Cluster":
        """Return what the cluster says of itself."""
        with self.connect() as connection:
            row = connection.execute(statements.cluster).fetchone()
            assert row is not None
            return Cluster(**row)

    def connect(self) -> "psycopg.Connection[DictRow]":
        """Connect as superuser, each statement a transaction; rows are read by the names of their columns."""
        return psycopg.connect(self.url, autocommit=True, row_factory=dict_row)


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a cluster says of itself: its own number, and its PostgreSQL's major version."""

    system: str
    postgres: int
