"""A newcomer at a demonstration county that runs: their own files, and what README prints."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_smoke import FIXTURE, hutong, loaded_again_and_torn, walked, with_a_file_of_ones_own

from hutong.demo import county, founding
from ports import free_port
from test_cli import IMPATIENT
from test_readme import READMES, one

ROOT = Path(__file__).parents[2]
READY = "按 Ctrl-C 停止"


class Demo:
    """One running demonstration county and a shell beside it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.environ = {
            **os.environ,
            "HUTONG_DATA": str(self.data),
            "HUTONG_PORT": str(free_port()),
            "HUTONG_GATEWAY_PORT": str(free_port()),
            "HUTONG_WEB_WORKERS": "1",
            "HUTONG_GATEWAY_WORKERS": "1",
            "LANG": "zh_CN.UTF-8",
            "COLUMNS": "200",
        }
        self.log = folder / "demo.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hutong.cli", "demo"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environ,
            )

    def wait(self) -> str:
        until = time.monotonic() + 400
        while READY not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.2)
        return self.log.read_text()

    def hutong(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run([sys.executable, "-m", "hutong.cli", *arguments], **more)

    def run(self, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env={**self.environ, **more}, cwd=ROOT
        )

    @property
    def client(self) -> dict[str, str]:
        """What `. client.env` puts into the environment."""
        lines = shlex.split((self.data / "demo" / "client.env").read_text())
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A county that was filled and walked through once, and then started."""
    folder = tmp_path_factory.mktemp("newcomer")
    walked(folder / "data")
    running = Demo(folder)
    try:
        running.wait()
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)


def tried(demo: Demo, *arguments: str) -> str:
    told = demo.hutong("try", *arguments)
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def asked(demo: Demo, told: str, mode: str) -> subprocess.CompletedProcess[str]:
    """Run the command line that `try` printed for a mode, as it is printed."""
    line = next(line for line in told.splitlines() if f" {mode} " in line)
    return demo.hutong(*shlex.split(line)[1:], **demo.client)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_every_file_gets_a_resource_of_its_own_and_the_same_file_its_own_again(demo: Demo, tmp_path: Path) -> None:
    first = tried(demo, str(FIXTURE), "--key", "code")
    assert first.startswith("已发布资源 3010001/001 streets\n")

    people = tmp_path / "people.csv"
    people.write_text("编号,姓名\n1,张三\n2,李四\n", encoding="utf-8")
    assert tried(demo, str(people), "--key", "编号").startswith("已发布资源 3010001/002 people\n")
    assert tried(demo, str(people), "--key", "编号").startswith("沿用已发布的资源 3010001/002 people\n")

    people.write_text("编号,姓名,电话\n1,张三,\n2,李四,\n", encoding="utf-8")
    assert tried(demo, str(people), "--key", "编号").startswith("已发布资源 3010001/003 people 2\n")

    taken = demo.hutong("try", str(people), "--key", "编号", "--code", "3010001/001")
    assert taken.returncode == 1
    assert taken.stdout == ""
    assert "3010001/001" in taken.stderr


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_main_job_is_walked_from_delivery_to_offline_verification_and_with_a_file_of_ones_own(demo: Demo) -> None:
    loaded_again_and_torn(demo.data, with_a_file_of_ones_own(demo.data))


@pytest.fixture(scope="module")
def shops(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `try` says of one file: as of persons, and in English as of other things."""
    file = tmp_path_factory.mktemp("own") / "shops.csv"
    file.write_text("编号,店名,开业 日期,_no\n1,老张面馆,2020-01-02,7\n", encoding="utf-8")
    in_english = demo.hutong("try", str(file), "--key", "编号", "--not-personal", LANG="en_US.UTF-8")
    assert in_english.returncode == 0, in_english.stdout + in_english.stderr
    return {"--personal": tried(demo, str(file), "--key", "编号"), "--not-personal": in_english.stdout}


@pytest.mark.full
@pytest.mark.timeout(600)
def test_try_says_what_columns_are_taken_as_and_names_them_by_their_headings(demo: Demo, shops: dict[str, str]) -> None:
    told = shops["--personal"]
    assert "各列均按字符型收取：编号、店名、开业 日期、_no；识别项：编号。" in told
    assert "由目录中的信息项规定" in told
    assert "店名=老张面馆" in told
    assert not re.search(r"\bc\d=", told)
    assert "开业 日期" in asked(demo, told, "query").stdout
    in_english = shops["--not-personal"]
    assert "Every column is taken as text: 编号, 店名, 开业 日期, _no; the key is 编号." in in_english
    assert re.findall(r"[已授权各]", in_english) == []


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("option", "verdict"), [("--personal", "不一致"), ("--not-personal", "无此记录或未登记")])
def test_of_persons_absent_is_mismatch_and_of_other_things_it_is_told(
    demo: Demo, shops: dict[str, str], option: str, verdict: str
) -> None:
    told = shops[option]
    assert ("--not-personal" in told) is (option == "--personal")
    assert "一致" in asked(demo, told, "compare").stdout
    assert "老张面馆" in asked(demo, told, "query").stdout
    absent = asked(demo, told.replace("--record 1 ", "--record 9 "), "compare")
    assert verdict in absent.stdout, absent.stdout + absent.stderr


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_file_as_a_form_writes_it_is_taken_and_the_example_is_of_a_record_that_was(
    demo: Demo, tmp_path: Path
) -> None:
    file = tmp_path / "form.csv"
    file.write_text("\ufeff店铺情况,\n\n编号*,店名（必填）\n001,A\0B\n002,老李面馆\n", encoding="utf-8")
    told = tried(demo, str(file), "--key", "编号", "--not-personal")
    assert "接收 1 行，退回 1 行" in told
    assert "老李面馆" in asked(demo, told, "query").stdout


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_rejected_rows_are_told_with_rule_and_reason_and_where_all_are(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "faulty.csv"
    file.write_text("编号,姓名\n1,张三\n,李四\n1,王五\n2,赵六,7\n", encoding="utf-8")
    told = demo.hutong("try", str(file), "--key", "编号", HUTONG_PORT="").stdout  # a terminal that knows of no port
    assert "接收 1 行，退回 3 行" in told
    rows = [re.split(r"\s*│\s*", line.strip(" │")) for line in told.splitlines() if line.startswith("│")]
    assert [(row[0], row[2]) for row in rows] == [("3", "必填"), ("4", "主键唯一"), ("5", "整行")]
    assert "第 2 行已经出现" in rows[1][3]
    at = f"http://127.0.0.1:{demo.environ['HUTONG_PORT']}"
    assert re.search(at + r"/zh/desk/deliveries/3010001/\d+/rejected/[0-9a-f]{32}/", told)


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_what_readme_says_a_consumers_system_does_runs_as_it_is_printed(demo: Demo, readme: str) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    ran = demo.run([sys.executable, "-c", example], **demo.client)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    verdict, proven = ran.stdout.splitlines()
    assert verdict == "[{'name': 'mismatch'}]"  # nobody of this smaller county
    assert proven.startswith("Proven(index=")


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("readme", READMES)
def test_what_readme_says_to_type_for_a_file_of_ones_own_runs_as_it_is_printed(
    demo: Demo, readme: str, tmp_path: Path
) -> None:
    trial, pinned, compare, query, prove = one(readme, "hutong try")
    (tmp_path / shlex.split(trial)[2]).write_bytes(FIXTURE.read_bytes())
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / ".hutong").symlink_to(demo.data)

    def typed(*lines: str) -> str:
        done = demo.run(["sh", "-ec", "\n".join([f"cd {tmp_path}", *lines])])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    told = typed(trial)
    grants = {mode: re.search(rf" {mode} .*?(G-\S+)", told)[1] for mode in ("compare", "query")}
    compared = typed(pinned, re.sub("GRANT|授权编号", grants["compare"], compare))
    assert "一致" in compared
    assert "东华门街道" in typed(pinned, re.sub("GRANT|授权编号", grants["query"], query))
    (leaf,) = re.findall("[0-9a-f]{64}", compared)
    assert "叶子序号" in typed(pinned, re.sub("LEAF|叶子哈希", leaf, prove))


@pytest.mark.full
@pytest.mark.timeout(600)
def test_items_are_asked_for_and_shown_by_name(demo: Demo) -> None:
    grants = demo.hutong("client", "grants", **demo.client, COLUMNS="80").stdout
    assert "G-GX20260302-0001" in grants
    assert "姓名（name）" in grants
    assert re.search(r"比对.*2027-03-02.*有效", grants)
    told = demo.hutong("client", "query", "G-GX20260302-0002", "户号=33052300000001", **demo.client)
    assert told.returncode == 0, told.stderr
    assert "住址" in told.stdout
    leaf = re.search(r"存证编号 \d+，叶子哈希 ([0-9a-f]{64})", told.stdout)
    assert leaf, told.stdout
    proven = demo.hutong("client", "prove", leaf[1], **demo.client)
    assert re.search(r"叶子序号 \d+（自 0 计，不同于存证编号）", proven.stdout), proven.stdout + proven.stderr
    unknown = demo.hutong("client", "prove", "a" * 64, "--wait", "0", **demo.client)
    assert "或平台从未签发过" in unknown.stderr
    lines = demo.hutong("client", "query", "G-GX20260302-0002", "household=33052300000001", "--json", **demo.client)
    assert [json.loads(line)["household"] for line in lines.stdout.splitlines()][:1] == ["33052300000001"]
    assert "存证编号" in lines.stderr
    other = demo.hutong("client", "query", "G-GX20260302-0002", "无此列=1", **demo.client)
    assert "授权 G-GX20260302-0002 中没有信息项“无此列”；可用：" in other.stderr
    assert "户号（household）" in other.stderr
    none = demo.hutong("client", "compare", "G-GX20260302-0099", "--record", "1", "姓名=甲", **demo.client)
    assert "本系统没有编号为 G-GX20260302-0099 的授权" in none.stderr


@pytest.mark.full
def test_who_can_log_in_is_told_in_the_order_an_application_meets_them(demo: Demo) -> None:
    told = [re.split(r"  +", line.strip()) for line in demo.wait().splitlines()]
    start = told.index(["账号", "姓名", "单位", "角色"])
    listed = told[start + 1 : start + 1 + len(founding.OFFICERS)]
    assert [row[0] for row in listed[:6]] == [
        "approvals.clerk", "office.reviewer", "authority", "police.approver", "police.editor", "operator"
    ]  # fmt: skip
    assert listed[0] == ["approvals.clerk", "张敏", "示范县行政审批局", "使用方经办人"]
    assert {row[0] for row in listed} == {officer[0] for officer in founding.OFFICERS}


@pytest.mark.parametrize("command", [(), ("query",), pytest.param(("prove",), marks=pytest.mark.full)])
def test_help_is_in_chinese_with_an_example(command: tuple[str, ...]) -> None:
    told = hutong("client", *command, "--help").stdout
    assert "显示用法后退出" in told
    assert not command or f"例：hutong client {command[0]} " in told


@pytest.mark.full
def test_a_port_that_is_taken_is_told_before_the_county_is_filled(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ports = ("--port", port, "--gateway-port", str(free_port()))
        demo = [sys.executable, *IMPATIENT, "demo", "--data", str(tmp_path / "data"), *ports]
        environ = {**os.environ, "LANG": "zh_CN.UTF-8", "COLUMNS": "200"}
        told = subprocess.run(demo, capture_output=True, text=True, check=False, env=environ)
    assert told.returncode == 1
    assert f"127.0.0.1:{port}" in told.stderr
    assert "准备" not in told.stdout
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_person_readme_asks_about_is_the_first_of_the_county_that_make_demo_fills(readme: str) -> None:
    person = county.make_residents(20_000).slice(0, 1).to_pylist()[0]
    asked = f'(["{person["resident_number"]}"], {{"name": "{person["name"]}"}})'
    assert asked in (ROOT / readme).read_text(encoding="utf-8")
