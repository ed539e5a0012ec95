"""schemathesis asks every place what its description allows and forbids, and gets nothing that is not described."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from gateway_county import SHIFT, Door
from tools import HERE, PLACE, ask

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]
TAKEN = ["2xx", "3xx", "401", "403", "404", "409", "410", "422", "429", "5xx"]


def test_every_answer_is_described(door: Door, tmp_path: Path) -> None:
    # Whether a value is one of its item's type, and a version still fed, no schema says.
    rules = tmp_path / "schemathesis.toml"
    rules.write_text(f"[checks.positive_data_acceptance]\nexpected-statuses = {TAKEN}\n", encoding="utf-8")
    key = tmp_path / "system.pem"
    key.write_bytes(door.county.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    agreed, said = ask(
        "python", str(PLACE / "bin" / "schemathesis"), "--config-file", str(rules), "run",
        f"{door.url}/openapi.json", "--checks", "all",
        "--max-examples", os.environ.get("EXAMPLES", "10"), "--phases", "examples,coverage,fuzzing", "--no-color",
        "--continue-on-failure", "--suppress-health-check", "all", "--seed", "1", "--generation-database", "none",
        SCHEMATHESIS_HOOKS="fuzzing", PYTHONPATH=str(HERE), KEY=str(key), SHIFT=str(int(SHIFT.total_seconds())),
    )  # fmt: skip
    assert agreed, said
