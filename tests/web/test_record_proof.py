"""A record leads to its proof: its place in the log, the hashes to the root, the checkpoint, and how to verify it."""

import html
import re
import subprocess
import sys

import pytest
from acting import NOW, County
from desks import at, entered, hire, words
from django.db import transaction

from hutong.audit import tree
from hutong.audit.events import USAGE
from hutong.control.recording import record
from hutong.core import merkle
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database

SIGNER = LogSigner.from_seed("log.county.example", bytes(32))


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands where the county was made."""
    with at(NOW):
        yield


@pytest.fixture
def used(county: County) -> County:
    """The county with an auditor and one use."""
    hire(county, "auditor", "陈静", unit=county.actor("authority").unit, roles=("auditor",))
    facts = dict.fromkeys(USAGE) | {"unit": county.civil, "user": "zhang", "mode": "compare", "resource": county.code}
    with transaction.atomic():
        record("plane.compared", facts | {"items": ["name"], "result": "OK"}, now=NOW, unit=county.civil)
    return county


def placed(county: County) -> None:
    database = Database(county.url, role="owner")
    try:
        tree.integrate(database, now=NOW, signer=SIGNER)
    finally:
        database.close()


def address(client) -> str:
    """Return where the newest use in the list leads by its number."""
    found = re.search(r'href="(/zh/desk/records/entry/\d+/#proof)"', client.get("/zh/desk/records/").content.decode())
    assert found is not None
    return found[1].partition("#")[0]


@pytest.mark.parametrize("username", ["consumer", "auditor"])
def test_a_record_shows_a_proof_that_anyone_can_reckon(used, username):
    placed(used)
    client = entered(username)
    body = client.get(address(client)).content.decode()
    told = words(client.get(address(client)))
    found = re.search(r"已核验：本条是日志 ([\d,]+) 条中的第 ([\d,]+) 位", told)
    assert found is not None
    size, index = (int(each.replace(",", "")) for each in found.groups())
    codes = re.findall(r"<code>([0-9a-f]{64})</code>", body)
    leaf = codes[0]
    root = re.search(r"树根哈希</dt>\s*<dd><code>([0-9a-f]{64})", body)
    way = re.search(r"从叶子到树根的哈希</dt>(.*?)<dt>", body, re.DOTALL)
    assert root is not None
    assert way is not None
    hashes = [bytes.fromhex(each) for each in re.findall(r"[0-9a-f]{64}", way[1])]
    proof = {"index": index, "size": size, "proof": hashes, "expected_root": bytes.fromhex(root[1])}
    merkle.verify_inclusion(leaf=bytes.fromhex(leaf), **proof)
    assert SIGNER.name in told
    for line in (f"hutong client prove {leaf}", f"/v1/proof?leaf={leaf}", "hutong audit verify evidence"):
        assert line in told


def script(body: str) -> str:
    found = re.search(r"<pre><code>(import base64.*?)</code></pre>", body, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


@pytest.mark.parametrize("username", ["consumer", "auditor"])
@pytest.mark.parametrize("others", [0, 1, 2, 6])
def test_the_script_on_the_page_reckons_the_proof_with_nothing_but_python(used, username, others):
    """Whatever the place in the tree; what is changed in record, leaf or way makes it say so."""
    for number in range(others):
        facts = dict.fromkeys(USAGE) | {"unit": used.civil, "user": f"o{number}", "mode": "compare", "items": ["name"]}
        with transaction.atomic():
            record("plane.compared", facts | {"result": "OK"}, now=NOW, unit=used.civil, counterpart=used.police)
    placed(used)
    client = entered(username)
    body = client.get(address(client)).content.decode()
    assert "</dd><dd>" not in re.sub(r"\s+", "", body)  # each has its title beside it, however many hashes there are
    written = script(body)
    assert ran(written) == ["True", "True"]
    told = re.search(r'"user":"(\w+)"', written)
    assert told is not None
    assert ran(written.replace(told[0], '"user":"li"')) == ["False", "True"]
    assert ran(re.sub(r"commitment\":\"(..)", 'commitment":"00', written, count=1))[1] == "False"
    assert ran(re.sub(r"\d+\\n(?=[\w/+]+=)", "999\\\\n", written, count=1)) == ["True", "False"]


def ran(written: str) -> list[str]:
    """Run a script as who copied it would: without this software or any other."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", written], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_is_not_placed_yet_says_so(used):
    client = entered("consumer")
    told = words(client.get(address(client)))
    assert "待入日志" in told
    assert "已核验" not in told


def test_who_is_no_party_reads_neither_record_nor_proof(used):
    placed(used)
    client = entered("auditor")
    assert entered("operator").get(address(client)).status_code == 404
