"""The command that holds the log as it is kept against itself."""

from dataclasses import replace

import psycopg
from typer.testing import CliRunner

from hutong import cli, settings
from hutong.installation import opening


def test_the_log_is_compared_as_it_is_kept_and_what_was_changed_by_hand_is_named(county, tmp_path, monkeypatch):
    with opening.opened(replace(settings.read({}), data=tmp_path, database_url=county.url)):
        pass
    monkeypatch.setenv("HUTONG_DATABASE_URL", county.url)
    given = ["audit", "check", "--data", str(tmp_path)]
    with psycopg.connect(county.url, options="-c role=hutong_owner", autocommit=True) as opened:
        ((entries, last),) = opened.execute("select count(*), max(id) from audit.entry").fetchall()
        sound = CliRunner().invoke(cli.app, given)
        assert (sound.exit_code, f"已核对 {entries} 条，未发现差错" in sound.output) == (0, True)
        opened.execute("update audit.entry set department = '户籍科' where id = %s", [last])
        changed = CliRunner().invoke(cli.app, given)
    assert changed.exit_code == 1
    assert f"entry {last}：检索列与记录内容不符" in changed.output
    assert "共发现差错 1 处" in changed.output
