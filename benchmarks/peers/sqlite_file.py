"""Make the SQLite file Datasette serves: the same rows, by their resident number."""

import csv
import sqlite3
import sys


def main(source: str, target: str) -> None:
    """Write `target` from the delivery file `source`."""
    with open(source, encoding="utf-8", newline="") as file, sqlite3.connect(target) as connection:
        rows = csv.reader(file)
        header = next(rows)
        columns = ", ".join(
            f"{name} text" + (" primary key" if not n else "") for n, name in enumerate(header)
        )
        connection.execute(f"create table residents ({columns}) without rowid")
        connection.executemany(f"insert into residents values ({', '.join('?' * len(header))})", rows)
        connection.commit()
        connection.execute("analyze")


if __name__ == "__main__":
    main(*sys.argv[1:])
