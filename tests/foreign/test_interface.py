"""The gateway's description of itself is valid by the judgement of other people's tools."""

import json

import pytest
from tools import HERE, NODE, ask

from hutong.gateway import openapi

pytestmark = pytest.mark.full
DOCUMENT = json.loads(openapi.document())


def by_spectral(document: object, folder) -> tuple[bool, str]:
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    # Every rule but the one that asks for an operator's address: the description is the same in every county.
    rules = {"extends": [["spectral:oas", "all"]], "rules": {"contact-properties": "off"}}
    (folder / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    return ask(
        "node", str(NODE / "node_modules" / ".bin" / "spectral"), "lint", "--fail-severity", "hint",
        "--ruleset", str(folder / "rules.json"), str(folder / "openapi.json"),
    )  # fmt: skip


def by_ajv(document: object) -> tuple[bool, str]:
    return ask("node", str(HERE / "schemas.mjs"), str(NODE / "package.json"), given=document)


def changed(text: str, to: str) -> object:
    whole = json.dumps(DOCUMENT)
    assert text in whole
    return json.loads(whole.replace(text, to))


def test_spectral_finds_nothing(tmp_path):
    agreed, said = by_spectral(DOCUMENT, tmp_path)
    assert agreed, said


def test_ajv_compiles_every_schema():
    agreed, said = by_ajv(DOCUMENT)
    assert agreed, said
    assert int(said) > 100


@pytest.mark.parametrize(
    ("text", "to"),
    [('{64}$"', '{64}\\\\Z"'), ('"default": "eq"', '"default": "gt"'), ("/schemas/ProofOut", "/schemas/Proof")],
    ids=["a pattern of Python's", "a default that is none", "a reference to nothing"],
)
def test_ajv_refuses_what_was_wrong(text, to):
    agreed, said = by_ajv(changed(text, to))
    assert not agreed, said


@pytest.mark.parametrize(
    ("text", "to"),
    [('"operationId": "query"', '"operationId": "compare"'), ('"default": "eq"', '"default": "gt"')],
    ids=["a name twice", "a default that is none"],
)
def test_spectral_refuses_what_was_wrong(text, to, tmp_path):
    agreed, said = by_spectral(changed(text, to), tmp_path)
    assert not agreed, said
