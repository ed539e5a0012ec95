"""Ask a library of Python's whether a request is signed as RFC 9421 has it, by the key that is given as PEM."""

import json
import sys

import http_message_signatures as peer
import requests
from cryptography.hazmat.primitives.serialization import load_pem_public_key

given = json.load(sys.stdin)
asked = given["request"]
request = requests.Request(asked["method"], asked["url"], headers=asked["headers"], data=given["body"]).prepare()


class Keys(peer.HTTPSignatureKeyResolver):
    """The one key."""

    def resolve_public_key(self, key_id: str) -> object:
        """Return it."""
        return load_pem_public_key(given["key"].encode())


verifier = peer.HTTPMessageVerifier(signature_algorithm=peer.algorithms.ED25519, key_resolver=Keys())
for result in verifier.verify(request, expect_tag="hutong-v1", body=given["body"].encode()):
    print(result.parameters["keyid"])
