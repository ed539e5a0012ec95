"""A consumer's system against a real gateway."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gateway_county import County, Door, answering, now
from typer.testing import CliRunner

from hutong.audit import log, tree
from hutong.client import Context, Hutong, Key, Refusal, cli, generate, wire
from hutong.client.keys import ClientKeyExists, ClientKeyUnreadable, load
from hutong.client.proving import LeafMisshaped, NotProvenYet, ProofUnreadable
from hutong.client.watching import LogForked, LogRolledBack
from hutong.client.wire import PlatformConnection, PlatformOutOfReach, ReplyNotTrusted, UnverifiedRefusal
from hutong.core import merkle, signatures, signed_note, text


def opened(door: Door, store: Path, **changes: object) -> Hutong:
    county = door.county
    given: dict[str, object] = {
        "keyid": "sys-a",
        "key": Key(county.key),
        "context": Context("wang", "pc1", "aid", "m1"),
        "log_verifier": county.log.verifier,
        "platform_key": base64.b64encode(county.reply_public_key).decode(),
        "bookmarks": store,
        "now": now,
    }
    return Hutong(door.url, **{**given, **changes})  # type: ignore[arg-type]


def integrate(county: County) -> None:
    tree.integrate(county.db, now=now(), signer=county.log)


def test_compares_and_proves_the_receipt(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        told = hutong.compare("g1", [(["330100200001010001"], {"name": "张1", "income": "7"}), (["1"], {"name": "x"})])
        assert told.verdicts == [{"name": "match", "income": "mismatch"}, {"name": "absent"}]
        integrate(door.county)
        proven = hutong.prove(told.leaf, wait_seconds=5)
        assert proven.index < proven.checkpoint.size
        assert proven.checkpoint == hutong.watch()


def test_says_so_when_an_entry_is_not_placed(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        told = hutong.compare("g1", [(["330100200001010001"], {"name": "张1"})])
        with pytest.raises(NotProvenYet):
            hutong.prove(told.leaf, wait_seconds=0.2)


def test_a_text_that_is_no_leaf_hash_is_not_looked_up(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        for text in ("255", "g" * 64, "a" * 63, ""):
            with pytest.raises(LeafMisshaped):
                hutong.prove(text)
        with pytest.raises(NotProvenYet):
            hutong.prove("A" * 64, wait_seconds=0)


def test_queries_and_pages(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        page = hutong.query("g2", [("id", "330100200001010003")], items=["name", "street"])
        assert page.rows == [{"name": "张3", "street": "文一路"}]
        assert page.cursor is None


def test_lists_its_grants(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        assert [(each["no"], each["mode"]) for each in hutong.grants()] == [
            ("g1", "compare"),
            ("g2", "query"),
            ("g3", "subscribe"),
        ]
        first = hutong.grants()[0]
        assert first["name"]
        assert set(first["names"]) == set(first["items"])
        assert first["names"]["name"] == "姓名"


def test_reads_a_record_whose_commitment_stands_in_the_leaf(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "state.json") as hutong:
        told = hutong.compare("g1", [(["330100200001010001"], {"name": "张1"})])
        kept = hutong.record(told.entry)
        assert merkle.leaf_hash(kept["leaf"].encode()).hex() == told.leaf
        leaf = json.loads(kept["leaf"])
        found_by = {"at": leaf["at"], "event": leaf["event"], "record_class": leaf["class"]}
        parties = {name: kept[name] for name in ("unit", "counterpart", "others")}
        commitment = log.commit(bytes.fromhex(kept["salt"]), kept["record"].encode(), **found_by, **parties).hex()
        assert commitment == leaf["commitment"]
        with pytest.raises(Refusal) as refusal:
            hutong.record(told.entry + 1000)
        assert refusal.value.facts["code"] == "NO_SUCH_RECORD"


def copy_of(hutong: Hutong, mine: dict[str, object]) -> None:
    for page in hutong.follow("g3", limit=7):
        for each in page:
            if each.op == "clear":
                mine.clear()
            elif each.op == "put":
                mine[each.id] = each.values
            elif each.op == "delete":
                mine.pop(each.id, None)


def test_follows_a_feed_from_snapshot_through_changes_across_restarts(door: Door, tmp_path: Path) -> None:
    mine: dict[str, object] = {}
    with opened(door, tmp_path / "state.json") as hutong:
        copy_of(hutong, mine)
        assert len(mine) == 20
    answering.supply(door.county.db, [answering.person(1, street="新街")], deleted=["330100200001010002"])
    with door.county.db.transaction() as cur:
        cur.execute("update plane.store set key_id = %s", (door.county.keyring.current,))
    with opened(door, tmp_path / "state.json") as hutong:
        copy_of(hutong, mine)
    assert len(mine) == 19
    assert [each for each in mine.values() if each["street"] == "新街"] == [  # type: ignore[index]
        {"name": "张1", "street": "新街", "born": "2000-01-02"}
    ]
    with opened(door, tmp_path / "state.json") as hutong:
        assert list(hutong.follow("g3")) == []


def test_refuses_a_log_that_was_rolled_back_and_one_that_was_forked(county: County, tmp_path: Path) -> None:
    door = county.start()  # in whose log nobody else leaves an entry
    with opened(door, tmp_path / "state.json") as hutong:
        hutong.compare("g1", [(["1"], {"name": "x"})])
        integrate(county)
        first = hutong.watch()
        for _ in range(3):
            hutong.compare("g1", [(["1"], {"name": "x"})])
        integrate(county)
        later = hutong.watch()
        assert later.size == first.size + 3
        rewrite(county, size=later.size + 1)
        with pytest.raises(LogForked):  # the old tree under a checkpoint that claims to be larger
            hutong.watch()
        with county.db.transaction() as cur:
            cur.execute("delete from audit.checkpoint where size > %s", (first.size,))
        with pytest.raises(LogRolledBack):
            hutong.watch()
    assert str(later.size) in (tmp_path / "state.json").read_text()


def test_the_command_watches_with_neither_system_nor_key_and_ends_where_both_sides_are_kept(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = county.start()
    given = {"URL": door.url, "LOG": county.log.verifier, "BOOKMARKS": str(tmp_path / "state.json")}
    for name, value in given.items():
        monkeypatch.setenv(f"HUTONG_CLIENT_{name}", value)
    with opened(door, tmp_path / "other.json") as hutong:
        hutong.compare("g1", [(["1"], {"name": "x"})])
        integrate(county)
    told = CliRunner().invoke(cli.app, ["watch", "--once"])
    assert (told.exit_code, "延续此前所见" in told.output) == (0, True)
    with county.db.transaction() as cur:
        ((size,),) = cur.execute("select max(size) from audit.checkpoint")
    rewrite(county, size=size + 1)
    told = CliRunner().invoke(cli.app, ["watch"])  # without an end, but for this one
    assert told.exit_code == 1
    assert len([*(tmp_path / "state.json.evidence").glob("*/*.checkpoint")]) == 2


def rewrite(county: County, *, size: int) -> None:
    """Sign another history, as a platform that cheats could: the key is the log's own."""
    with county.db.transaction() as cur:
        other = secrets.token_bytes(32)
        cur.execute(
            "insert into audit.leaf (seq, entry_id, data, hash) values (%s, 999999, 'x', %s)",
            (size - 1, other),
        )
        cur.execute("update audit.leaf set hash = %s where seq = 0", (other,))
        hashes = [bytes(row[0]) for row in cur.execute("select hash from audit.leaf order by seq").fetchall()]
        text = signed_note.Checkpoint(county.log.name, size, merkle.root(hashes)).text()
        cur.execute(
            "insert into audit.checkpoint (size, root, at, note) values (%s, %s, now(), %s)",
            (size, merkle.root(hashes), county.log.sign(text)),
        )


def test_trusts_no_reply_signed_by_another_key(door: Door, tmp_path: Path) -> None:
    other = base64.b64encode(secrets.token_bytes(32)).decode()
    with opened(door, tmp_path / "s.json", platform_key=other) as hutong, pytest.raises(ReplyNotTrusted):
        hutong.compare("g1", [(["1"], {"name": "x"})])


def test_trusts_no_answer_without_a_signature(door: Door, tmp_path: Path) -> None:
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"verdicts": ["1"], "entry": 1, "leaf": ""})
    )
    with opened(door, tmp_path / "s.json", transport=transport) as hutong, pytest.raises(ReplyNotTrusted):
        hutong.compare("g1", [(["1"], {"name": "x"})])


@pytest.mark.parametrize(
    "url", ["https://share.example:443", "http://share.example:80", "https://SHARE.example:8443/", "https://共享.example",
            "http://[::1]:8001"],
)  # fmt: skip
def test_signs_the_name_it_sends_however_the_address_is_written(url: str) -> None:
    key, sent = Key(Ed25519PrivateKey.generate()), []

    def platform(request: httpx.Request) -> httpx.Response:
        headers, body = dict(request.headers), request.read()
        named = signatures.Request(request.method, headers["host"], request.url.path, "", headers, body)
        parsed = signatures.parse(headers)
        sent.append(signatures.verify_headers(named, parsed, public_key=key.private.public_key().public_bytes_raw()))
        return httpx.Response(503)

    reply_key = base64.b64encode(bytes(32)).decode()
    line = PlatformConnection(
        url, keyid="sys-a", key=key, platform_key=reply_key, transport=httpx.MockTransport(platform)
    )
    with pytest.raises(UnverifiedRefusal):
        line.post("/v1/compare", {}, context=Context("wang", "pc1", "aid", "m1"))
    assert sent == [("wang", "pc1", "aid", "m1")]


def test_tells_a_refusal_in_the_platforms_words(door: Door, tmp_path: Path) -> None:
    context = Context("wang", "pc2", "aid", "m1")
    with opened(door, tmp_path / "s.json", context=context) as hutong, pytest.raises(Refusal) as refusal:
        hutong.compare("g1", [(["1"], {"name": "x"})])
    assert refusal.value.facts["code"] == "DEVICE_NOT_REGISTERED"
    assert refusal.value.status == 403
    assert refusal.value.facts["entry"]
    assert refusal.value.verified


@pytest.mark.parametrize("status", [403, 404, 409, 410, 422, 429, 302])
def test_trusts_no_refusal_of_a_known_caller_without_a_signature(tmp_path: Path, status: int) -> None:
    with pretended(status, {"code": "FEED_TOO_OLD", "detail": "x"}, tmp_path) as hutong:
        with pytest.raises(ReplyNotTrusted):
            hutong.compare("g1", [(["1"], {"name": "x"})])
        (tmp_path / "s.json").write_text(json.dumps({"feeds": {"g3": {"after": 7, "version": 1}}}))
        with pytest.raises(ReplyNotTrusted):
            list(hutong.follow("g3"))
    assert json.loads((tmp_path / "s.json").read_text()) == {"feeds": {"g3": {"after": 7, "version": 1}}}


@pytest.mark.parametrize(
    ("status", "code"), [(401, "CALLER_UNKNOWN"), (403, "PROFILE_NOT_ENABLED"), (413, "X"), (503, "X")]
)
def test_says_that_a_refusal_before_the_caller_was_known_is_unverified(tmp_path: Path, status: int, code: str) -> None:
    with pretended(status, {"code": code, "detail": "不可"}, tmp_path) as hutong, pytest.raises(Refusal) as refusal:
        hutong.compare("g1", [(["1"], {"name": "x"})])
    assert (refusal.value.verified, refusal.value.status) == (False, status)
    said = text.say(refusal.value, language="zh").message
    assert "未经验证" in said
    assert said.endswith("不可")


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30), (" 5 ", 5), (None, None), ("Mon, 02 Mar 2026 08:00:00 GMT", None), ("soon", None)]
)
def test_tells_when_to_ask_again_where_the_platform_does(tmp_path: Path, said: str | None, seconds: int | None) -> None:
    headers = {} if said is None else {"retry-after": said}
    told = {"code": "TAKES_TOO_LONG", "detail": "x"}
    with pretended(503, told, tmp_path, headers=headers) as hutong, pytest.raises(Refusal) as refusal:
        hutong.compare("g1", [(["1"], {"name": "x"})])
    assert refusal.value.retry_after == seconds


def test_no_reply_is_taken_unsigned_but_those_the_profile_lists() -> None:
    profile = (Path(__file__).parents[2] / "docs" / "profile.md").read_text(encoding="utf-8")
    listed = re.search(r"before the platform knew who asks \((.*?)\)", profile, re.DOTALL)
    assert listed
    told = {int(each) for each in re.findall(r"\b[1-5][0-9]{2}\b", listed[1])}
    taken = {status for status in range(300, 500) if wire._may_be_unsigned(httpx.Response(status))}
    assert taken and taken <= told


def test_a_refusal_is_advised_as_the_platform_advised_it_and_names_modes_as_officers_do(
    door: Door, tmp_path: Path
) -> None:
    advised = []
    with opened(door, tmp_path / "s.json") as hutong:
        for ask in (
            lambda: hutong.compare("g2", [(["1"], {"name": "x"})]),
            lambda: hutong.compare("g0", [(["1"], {"name": "x"})]),
        ):
            with pytest.raises(Refusal) as refusal:
                ask()
            advised.append(text.say(refusal.value, language="zh"))
    assert advised[0] == text.Explained(
        "平台拒绝：授权 g2 的使用方式为 数据查询，不能以 数据比对 方式使用。", "请按授权的使用方式调用。"
    )
    assert advised[1].advice == text.table()["GRANT_UNKNOWN"]["do_zh"]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ({"code": "CALLER_UNKNOWN", "detail": "x", "advice": "另行处理"}, "另行处理"),
        ({"code": "CALLER_UNKNOWN", "detail": "x"}, text.table()["CALLER_UNKNOWN"]["do_zh"]),
        ({"code": "NOBODY_KNOWS", "detail": "x"}, text.table()["UNVERIFIED_REFUSAL"]["do_zh"]),
        (["no problem"], text.table()["UNVERIFIED_REFUSAL"]["do_zh"]),
    ],
)
def test_advice_that_does_not_come_is_the_codes_own_and_else_the_general_one(
    tmp_path: Path, content: object, advice: str
) -> None:
    with pretended(401, content, tmp_path) as hutong, pytest.raises(Refusal) as refusal:
        hutong.grants()
    assert text.say(refusal.value, language="zh").advice == advice


def pretended(status: int, content: object, folder: Path, *, headers: Mapping[str, str] | None = None) -> Hutong:
    """A client on a line where somebody else answers."""
    return Hutong(
        "http://platform.example",
        keyid="sys-a",
        key=generate(folder / "key"),
        context=Context("wang", "pc1", "aid", "m1"),
        log_verifier=signed_note.LogSigner.from_seed("log.example", bytes(32)).verifier,
        platform_key=base64.b64encode(bytes(32)).decode(),
        bookmarks=folder / "s.json",
        transport=httpx.MockTransport(lambda request: httpx.Response(status, json=content, headers=headers)),
    )


@pytest.mark.parametrize("index", ["0", 0.0, False, True, None, [0]])
def test_a_proof_at_a_place_that_is_no_whole_number_is_none(tmp_path: Path, index: object) -> None:
    signer = signed_note.LogSigner.from_seed("log.example", bytes(32))
    leaf = merkle.leaf_hash(b"leaf")
    note = signer.sign(signed_note.Checkpoint(signer.name, 1, leaf).text())
    told = {"index": index, "checkpoint": note, "hashes": []}
    with pretended(200, told, tmp_path) as hutong, pytest.raises(ProofUnreadable):
        hutong.prove(leaf.hex(), wait_seconds=0)


def test_a_stranger_is_refused_unverified_by_the_real_gateway(door: Door, tmp_path: Path) -> None:
    with opened(door, tmp_path / "s.json", keyid="sys-x") as hutong, pytest.raises(Refusal) as refusal:
        hutong.grants()
    assert (refusal.value.facts["code"], refusal.value.verified) == ("CALLER_UNKNOWN", False)


def test_says_when_the_platform_is_out_of_reach(county: County, tmp_path: Path) -> None:
    door = county.start()
    door.process.terminate()
    door.process.wait(30)
    with opened(door, tmp_path / "s.json") as hutong, pytest.raises(PlatformOutOfReach):
        hutong.grants()


def test_keeps_keys_to_their_owner_and_never_overwrites_one(tmp_path: Path) -> None:
    made = generate(tmp_path / "key")
    assert load(tmp_path / "key").public == made.public
    with pytest.raises(ClientKeyExists):
        generate(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(ClientKeyUnreadable):
        load(tmp_path / "key")
