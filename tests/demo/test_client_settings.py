"""What the demo writes for a consumer's system is what a client reads."""

import shlex
from datetime import UTC, datetime
from types import SimpleNamespace

from hutong.client import environment
from hutong.demo import fill


def test_every_variable_that_is_handed_out_is_one_a_client_reads_and_none_is_missing(tmp_path):
    made = SimpleNamespace(
        settings=SimpleNamespace(host="127.0.0.1", gateway_port=1), reply_public_key="k", log_verifier="v",
        clock=lambda: datetime.now(UTC),
    )  # fmt: skip
    fill._write_client_settings(made, tmp_path)
    lines = shlex.split((tmp_path / "client.env").read_text())
    told = dict(line.removeprefix(environment.PREFIX).split("=", 1) for line in lines)
    assert set(told) == {*environment.NAMES, "SHIFT_SECONDS"}
    watched = environment.read_watch({environment.PREFIX + name: value for name, value in told.items()})
    assert watched.bookmarks == tmp_path / "client.json"
