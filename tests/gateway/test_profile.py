"""docs/profile.md says what is so: its example is what is signed, and it names what there is to name."""

import base64
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import hutong
from hutong.core import content_digest, signature_input, signatures, text
from hutong.core.signatures import Request

PAGE = (Path(hutong.__path__[0]).parents[1] / "docs" / "profile.md").read_text(encoding="utf-8")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
REPLY_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)\n```", PAGE, re.DOTALL)


def sent() -> tuple[Request, dict[str, str]]:
    """Return the example as its page shows it: the request, with the headers it is sent with."""
    first, *lines = blocks("http")[0].splitlines()
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    method, path, _ = first.split()
    return Request(method, headers["host"], path, "", headers, blocks("json")[0].encode()), headers


def test_the_example_is_signed_as_its_page_shows() -> None:
    request, headers = sent()
    parsed = signatures.parse(headers)
    base = blocks("text")[0]
    assert KEY.sign(base.encode()) == parsed.signature
    public = KEY.public_key().public_bytes_raw()
    signatures.verify_request(request, parsed, public_key=public)
    assert base64.b64encode(public).decode() in PAGE
    again = signatures.sign_request(request, key=KEY, keyid=parsed.keyid, created=parsed.created,
                                    expires=parsed.expires, nonce=parsed.nonce)  # fmt: skip
    assert again == {name: headers[name] for name in again}


def test_the_examples_reply_is_signed_as_its_page_shows() -> None:
    _, headers = sent()
    body = re.search(r"`(\{\"verdicts\".*?\})`", PAGE)[1].encode()  # type: ignore[index]
    signature = base64.b64decode(re.search(r"with the signature\n`(.*?)`", PAGE)[1])  # type: ignore[index]
    base = blocks("text")[1]
    assert REPLY_KEY.sign(base.encode()) == signature
    told = {
        "content-digest": content_digest.of(body),
        "signature-input": f"sig1={base.splitlines()[-1].partition(': ')[2]}",
        "signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }
    public = REPLY_KEY.public_key().public_bytes_raw()
    given = {"request_signature": signatures.parse(headers).signature, "public_key": public}
    signatures.verify_reply(200, told, body, **given)
    assert base64.b64encode(public).decode() in PAGE


def test_the_page_names_every_component_parameter_and_number() -> None:
    for name in (*signatures.COVERED, *signature_input.EXAMPLES, "tag", signatures.TAG, signatures.REPLY_TAG):
        assert name in PAGE
    for number in (signatures.LONGEST_LIFE, signatures.SKEW, signature_input.LONGEST_LABEL, 16, 128):
        assert re.search(rf"\b{number}\b", PAGE), number
    assert content_digest.of(b"") in PAGE


def test_the_page_names_every_failure_of_a_signature_and_none_that_is_not() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", PAGE))
    for code, after in re.findall(r"`([A-Z]+)_[A-Z_]+`((?:, `…_[A-Z_]+`)+)", PAGE):
        named |= {f"{code}{each}" for each in re.findall(r"…(_[A-Z_]+)", after)}
    reasons = r"SIGNATURE_[IEFL]|COMPONENT_|PARAMETER_(?:NOT|MISREAD)|TAG_|LABEL_|DIGEST_|HOST_|NOT_SIGNED"
    reasons += "|CONTENT_(?:TYPE|CODING)_"
    told = {code for code in text.table() if re.match(reasons, code)}
    assert told - named == set()
    assert named - text.table().keys() == {"HUTONG_GATEWAY_NAMES"}
