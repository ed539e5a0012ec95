"""Serve one SQLite file by Datasette without its access log, which only costs it time."""

import sys

import uvicorn
from datasette.app import Datasette

if __name__ == "__main__":
    database, port = sys.argv[1:]
    served = Datasette(immutables=[database])
    uvicorn.run(
        served.app(),
        host="127.0.0.1",
        port=int(port),
        lifespan="on",
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
