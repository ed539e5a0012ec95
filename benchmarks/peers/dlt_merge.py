"""dlt merges a delivery file into PostgreSQL by its primary key, twice; prints the seconds of each.

Two ways: `rows`, the way of dlt's tutorial (dicts from csv.DictReader, its default file format), and `arrow`,
the fastest its documentation knows for PostgreSQL (Arrow tables, loaded as CSV through COPY).
"""

import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import dlt
import psycopg2
from pyarrow import csv as arrow_csv


def main(source: str, url: str, dataset: str, way: str, times: str) -> None:
    """Deliver `source` into the schema `dataset` of the database at `url`."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            dataset, pipelines_dir=folder, dataset_name=dataset, destination=dlt.destinations.postgres(url)
        )
        resource = dlt.resource(
            {"rows": _rows, "arrow": _arrow}[way],
            name="residents",
            primary_key="resident_number",
            write_disposition="merge",
            columns={"birth_date": {"data_type": "date"}},
            file_format={"rows": None, "arrow": "csv"}[way],
        )
        for _ in range(int(times)):
            _settle(url)
            began = time.perf_counter()
            info = pipeline.run(resource(source))
            info.raise_on_failed_jobs()
            seconds.append(time.perf_counter() - began)
        with pipeline.sql_client() as client:
            (rows,) = client.execute_sql("select count(*) from residents")[0]
            client.drop_dataset()
    print("RESULT", json.dumps({"seconds": seconds, "rows": rows}))


def _settle(url: str) -> None:
    """Do at once what PostgreSQL does by and by after large loads, as is done before the others are measured."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute("vacuum analyze")
    connection.cursor().execute("checkpoint")
    connection.close()


def _rows(source: str) -> Iterator[list[dict[str, Any]]]:
    with open(source, encoding="utf-8", newline="") as file:
        page = []
        for row in csv.DictReader(file):
            page.append(row)
            if len(page) == 10_000:
                yield page
                page = []
        yield page


def _arrow(source: str) -> Iterator[Any]:
    yield from arrow_csv.open_csv(source)


if __name__ == "__main__":
    main(*sys.argv[1:])
