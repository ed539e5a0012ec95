"""A platform of one's own: made, enrolled from a file, opened, and used by the people and the system the file names."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from hutong.control.enrolment import file as listing
from hutong.core import text
from hutong.core.errors import Malformed
from ports import free_port

FIXTURE = Path(__file__).parent.parent / "fixtures" / "streets.csv"
CODE = "3010001/001"
EXAMPLE_KEY = re.compile(r'public_key = "[^"]+"')
STEPS = (
    ("lodge", "approvals.clerk"), ("endorse", "office.reviewer"), ("accept", "authority"), ("pass_on", "authority"),
    ("agree", "police.approver"), ("confirm", "authority"),  # the data are held: it goes to the operator
    ("verify", "operator"), ("file", "operator"),
)  # fmt: skip


def hutong(*arguments: str, language: str = "zh_CN.UTF-8", **environ: str) -> "subprocess.CompletedProcess[str]":
    given = {**os.environ, "LC_ALL": language, "COLUMNS": "200", **environ}
    return subprocess.run(
        [sys.executable, "-m", "hutong.cli", *arguments],
        capture_output=True, text=True, check=False, env=given, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def done(*arguments: str, **environ: str) -> str:
    process = hutong(*arguments, **environ)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@contextmanager
def up(folder: Path, *ports: int) -> Iterator[None]:
    arguments = ["--data", str(folder / "data"), "--port", str(ports[0]), "--gateway-port", str(ports[1])]
    with open(folder / "said", "ab") as said:
        process = subprocess.Popen([sys.executable, "-m", "hutong.cli", "up", *arguments], stdout=said, stderr=said)
    try:
        until = time.monotonic() + 300
        while not (answers(ports[0], "/zh/") and answers(ports[1], "/health")):
            assert time.monotonic() < until and process.poll() is None, (folder / "said").read_text()
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200
    except httpx.TransportError:
        return False


class Desk:
    """An officer's session at the pages."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=False, timeout=120)
        self.post("/zh/login/", username=username, password=password)
        if self._http.get("/zh/desk/").status_code == 302:  # the password was given out
            self.post("/zh/account/new-password/", password=AT_THE_PAGES, again=AT_THE_PAGES)
            password = AT_THE_PAGES
        self.password = password

    def read(self, path: str) -> str:
        """Return a page that is there for the officer."""
        page = self._http.get(path)
        assert page.status_code == 200, path
        return page.text

    def post(self, path: str, **form: object) -> str:
        """Send a page's form, for the state it shows, and return where it leads to; only a refusal leads nowhere.

        A grave step is sent from the page on which it is asked once more.
        """
        page = self._http.get(path).text
        if grave := re.search(rf'href="([^"?]*/steps/{form.get("action")}/)["?]', page):
            found = {"looked_at": "查阅了办理事项清单。", "basis_found": "found"} if "/steps/file/" in grave[1] else {}
            path, form = grave[1], {**form, "sure": "on", **found}
            page = self._http.get(path).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None, path
        if shown := re.search(r'name="at" value="([^"]*)"', page):
            form = {"at": shown[1], **form}
        told = self._http.post(path, data={**form, "csrfmiddlewaretoken": token[1]})
        refused = "" if told.status_code == 302 else self._http.get(told.headers.get("location", path)).text
        assert told.status_code == 302, (path, re.sub(r"(<[^>]+>|\s)+", " ", refused))
        return told.headers["location"]


def enrolled(folder: Path) -> "tuple[dict[str, str], dict[str, str]]":
    """Make a platform in a folder and enrol the example; returns passwords by login, and what a client is told."""
    folder.chmod(0o755)  # root's PostgreSQL runs under an account of its own, and has to come through
    data = ("--data", str(folder / "data"))
    done("init", *data)
    public = done("client", "keygen", str(folder / "key")).split()[-1]
    file = folder / "county.toml"
    file.write_text(EXAMPLE_KEY.sub(f'public_key = "{public}"', done("enrol", "--example")))

    assert "登记 16 项" in done("enrol", str(file), "--check", *data)
    told = done("enrol", str(file), "--officer", "system.admin", *data)
    assert "登记 16 项" in told
    passwords = dict(re.findall(r"人员 (\S+) .*\n\s+密码 (\S+?)（", told))
    assert len(passwords) == 3
    refused = hutong("enrol", str(file), "--officer", "system.admin", "--password", passwords["system.admin"], *data)
    assert (refused.returncode, "PASSWORD_GIVEN_OUT" in refused.stderr) == (1, True), refused.stderr
    for username in passwords:
        chosen(username, passwords, data)
    staff(passwords, data)
    operator = ("--officer", "operator", "--password", passwords["operator"])
    again = done("enrol", str(file), *operator, *data)
    assert "登记 0 项，变更 0 项，无变化 16 项" in again
    assert "密码" not in again
    return passwords, dict(re.findall(r"(HUTONG_CLIENT_\w+)=(\S+)", told))


STAFF = (
    ("police.admin", "示范县公安局", "unit_admin", "security.admin"),
    ("approvals.admin", "示范县行政审批局", "unit_admin", "security.admin"),
    ("office.admin", "示范县人民政府办公室", "unit_admin", "security.admin"),
    ("authority", "示范县大数据发展管理局", "authority", "security.admin"),
    ("operator", "示范县信息中心", "operator", "security.admin"),
    ("police.editor", "示范县公安局", "provider_editor", "police.admin"),
    ("police.approver", "示范县公安局", "provider_approver", "police.admin"),
    ("approvals.clerk", "示范县行政审批局", "consumer", "approvals.admin"),
    ("office.reviewer", "示范县人民政府办公室", "competent", "office.admin"),
)
"""Login, unit, role, and whose it is to give it."""


def chosen(username: str, passwords: "dict[str, str]", data: tuple[str, str]) -> None:
    """Let an officer change the password that was given out, at the command line, to one of their choice."""
    given, own = passwords[username], f"自选的口令 {len(passwords)}, own"
    done("officer", "change-password", "--officer", username, "--password", given, *data, HUTONG_NEW_PASSWORD=own)
    passwords[username] = own


AT_THE_PAGES = "a password of my own 口令"
"""What those choose who have nothing to do at the command line before."""


def staff(passwords: "dict[str, str]", data: tuple[str, str]) -> None:
    """Let the administrators add the officers and give them their roles; their passwords are added to the others."""

    def by(username: str) -> tuple[str, ...]:
        return ("--officer", username, "--password", passwords[username], *data)

    for username, unit, role, giver in STAFF:
        told = done("officer", "add", username, f"人员{username}", unit, *by("system.admin"))
        passwords[username] = re.search(r"密码 (\S+?)（", told)[1]
        if role == "unit_admin" or username == "operator":
            chosen(username, passwords, data)
        done("officer", "give", username, role, *by(giver))


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_a_platform_of_ones_own_is_enrolled_from_a_file_and_used_from_login_to_comparison(tmp_path):
    passwords, pinned = enrolled(tmp_path)
    assert pinned.keys() == {"HUTONG_CLIENT_LOG", "HUTONG_CLIENT_PLATFORM_KEY"}
    data = ("--data", str(tmp_path / "data"))
    ports = free_port(), free_port()
    with up(tmp_path, *ports):
        desks = {name: Desk(ports[0], name, password) for name, password in passwords.items()}
        passwords = {name: desk.password for name, desk in desks.items()}
        publish(desks)
        editor = ("--officer", "police.editor", "--password", passwords["police.editor"])
        assert "接收 2000 行，退回 0 行" in done("load", CODE, str(FIXTURE), *editor, *data)
        grant = apply(desks)
        told = done(
            "client", "compare", grant, "--record", "110101001", "name=东华门街道",
            HUTONG_CLIENT_URL=f"http://127.0.0.1:{ports[1]}", HUTONG_CLIENT_SYSTEM="approvals-acceptance",
            HUTONG_CLIENT_KEY=str(tmp_path / "key"),
            HUTONG_CLIENT_USER="zhang.min", HUTONG_CLIENT_DEVICE="window-07",
            HUTONG_CLIENT_PURPOSE="residence-permit", HUTONG_CLIENT_MATTER="3301-0007", **pinned,
        )  # fmt: skip
        assert "一致" in told
        assert "不一致" not in told


def publish(desks: "dict[str, Desk]") -> None:
    """Draft the resource with the form and take it from step to step."""
    columns = {"item-1-code": "code", "item-1-name": "代码", "item-1-key": "on", "item-1-required": "on"}
    columns |= {"item-2-code": "name", "item-2-name": "名称"}
    header = FIXTURE.read_text().splitlines()[0].split(",")
    for number, code in enumerate([each for each in header if each not in ("code", "name")], 3):
        columns |= {f"item-{number}-code": code, f"item-{number}-name": code}
    change = desks["police.editor"].post(
        "/zh/desk/entries/new/", code=CODE, name="乡镇街道", abstract="区划代码与名称", format="3", method="1",
        sharing_type="2", sharing_condition="用于办理政务服务事项", update_cycle="8", **columns,
    )  # fmt: skip
    for action, by in (("submit", "police.editor"), ("register", "police.approver"), ("publish", "authority")):
        desks[by].post(change, action=action)


def apply(desks: "dict[str, Desk]") -> str:
    """Apply for comparing, take the application to filed and return the number of its grant."""
    today = date.today()
    path = desks["approvals.clerk"].post(
        f"/zh/desk/applications/new/{CODE}/", mode="compare", purpose="residence-permit", matters="3301-0007",
        legal_basis="《居住证暂行条例》第九条", items="name", system="approvals-acceptance", users="zhang.min",
        devices="window-07", quota="100", guesses="10", from_at=f"{today - timedelta(1)}",
        until_at=f"{today + timedelta(90)}",
    )  # fmt: skip
    for action, by in STEPS:
        desks[by].post(path, action=action)
    return re.search(r"G-[\w-]+", desks["operator"]._http.get(path).text)[0]


FAULTY = """
[[units]]
credit_code = "11330523002603139X"
name = "示范县公安局"
colour = "blue"

[[units]]
credit_code = "11330523002603139N"
name = ""

[[officers]]
username = "one"
name = "甲"
unit = "示范县公安局"
roles = "auditor"

[[users]]
id = "zhang.min"
name = "张敏"
unit = "示范县公安局"

[[users]]
id = "zhang.min"
name = "张敏"
unit = "示范县公安局"

[[system]]
"""


def test_every_misshapen_field_is_told_with_section_line_and_entry(tmp_path):
    file = tmp_path / "county.toml"
    file.write_text(FAULTY)

    _, faults = listing.read(file)

    assert [(f.place.section, f.place.entry, f.place.line, f.place.field, f.problem.code) for f in faults] == [
        ("system", 0, 0, "", "SECTION_UNKNOWN"),
        ("units", 1, 2, "colour", "FIELD_UNKNOWN"),
        ("units", 2, 7, "name", "FIELD_MISSING"),
        ("officers", 1, 11, "roles", "FIELD_MISSHAPED"),
        ("users", 2, 22, "", "ENTRY_TWICE"),
    ]


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (
            b'[[units]]\nname = \xe7\x94\xb2\n',
            "登记文件 county.toml 第 2 行第 8 列起不合 TOML 格式，无法读取。",
            "The enrolment file county.toml cannot be read as TOML: it is wrong on line 2, at column 8.",
        ),
        (
            b'[[units]]\nname = "one"\nname = "two"\n',
            "登记文件 county.toml 第 3 行第 13 列起不合 TOML 格式，无法读取。",
            "The enrolment file county.toml cannot be read as TOML: it is wrong on line 3, at column 13.",
        ),
        (
            b'[[units]]\nname = [1,\n',
            "登记文件 county.toml 第 3 行第 1 列起不合 TOML 格式，无法读取。",
            "The enrolment file county.toml cannot be read as TOML: it is wrong on line 3, at column 1.",
        ),
        (
            b"level = " + b"9" * 5000,
            "登记文件不合 TOML 格式，无法读取。",
            "The enrolment file cannot be read as TOML.",
        ),
        (
            "[[units]]\r\nname = \"甲\"\r\n".encode("gb18030"),
            "登记文件 county.toml 不是 UTF-8 编码：第 2 行有其他编码的内容。",
            "The enrolment file county.toml is not in UTF-8: line 2 has other bytes.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_line_and_column_in_one_language(tmp_path, content, zh, en):
    file = tmp_path / "county.toml"
    file.write_bytes(content)

    with pytest.raises(Malformed) as refused:
        listing.read(file)

    assert {language: text.say(refused.value, language=language).message for language in ("zh", "en")} == {
        "zh": zh, "en": en,
    }  # fmt: skip


def test_a_password_file_others_may_read_is_refused(tmp_path):
    (tmp_path / "open").write_text("correct horse 互通")
    (tmp_path / "open").chmod(0o644)
    file = tmp_path / "county.toml"
    file.write_text(
        '[[officers]]\nusername = "one"\nname = "甲"\nunit = "乙"\nroles = ["consumer"]\npassword_file = "open"\n'
    )

    _, faults = listing.read(file)

    assert [(f.place.field, f.problem.code) for f in faults] == [("password_file", "SECRET_FILE_UNFIT")]


def test_the_example_can_be_enrolled_as_it_stands(tmp_path):
    file = tmp_path / "county.toml"
    file.write_text(listing.example())

    entries, faults = listing.read(file)

    assert faults == []
    assert {place.section for place, _ in entries} == set(listing.SECTIONS)


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN.UTF-8", "以下是一份带说明的样例"), ("en_US.UTF-8", "commented example")]
)
def test_without_a_file_the_example_is_printed_after_what_it_is_and_how_to_keep_it(language, said):
    bare = hutong("enrol", language=language)
    assert (bare.returncode, bare.stdout) == (0, listing.example())
    assert said in bare.stderr
    assert "hutong enrol --example > county.toml" in bare.stderr
    assert hutong("enrol", "--example").stderr == ""
