"""schemathesis asks every place what its description allows and forbids, and gets nothing that is not described."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from gateway_county import SHIFT, Door
from tools import HERE, PLACE, ask

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]
RULES = """
# Whether a value is one of its item's type, and a version still fed, no schema says.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "422", "429"]

# Nor whether a text is a note that was signed.
[[operations]]
include-name = "POST /log/cosignatures"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429"]
"""


def test_every_answer_is_described(door: Door, tmp_path: Path) -> None:
    rules = tmp_path / "schemathesis.toml"
    rules.write_text(RULES, encoding="utf-8")
    key = tmp_path / "system.pem"
    key.write_bytes(door.county.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    agreed, said = ask(
        "python", str(PLACE / "bin" / "schemathesis"), "--config-file", str(rules), "run",
        f"{door.url}/openapi.json", "--checks", "all",
        "--max-examples", os.environ.get("EXAMPLES", "30"), "--phases", "examples,coverage,fuzzing", "--no-color",
        "--continue-on-failure", "--suppress-health-check", "all", "--generation-database", "none",
        "--seed", os.environ.get("SEED", "1"), folder=tmp_path,
        SCHEMATHESIS_HOOKS="fuzzing", PYTHONPATH=str(HERE), KEY=str(key), SHIFT=str(int(SHIFT.total_seconds())),
    )  # fmt: skip
    assert agreed, said
