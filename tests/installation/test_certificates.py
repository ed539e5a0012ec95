"""A certificate that cannot be used is told before a door opens with it."""

from dataclasses import replace

import pytest

from certifying import Authority
from hutong import settings
from hutong.installation import address, certificates


def test_the_doors_answer_to_the_names_of_their_certificate(tmp_path):
    pem, key = Authority.made(tmp_path).certify("county.example", "*.data.example")
    given = settings.read({"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}, data=tmp_path)
    certificates.check(given.network)
    assert address.names(given) == ["county.example", ".data.example", "127.0.0.1", "localhost"]
    assert address.authorities(given)[0] == "county.example:8001"
    assert address.at(given, port=8000) == "https://county.example:8000"


@pytest.mark.parametrize("broken", ["none", "words", "another's key"])
def test_files_that_are_no_certificate_and_its_key_are_told(tmp_path, broken):
    pem, key = Authority.made(tmp_path).certify("county.example")
    if broken == "another's key":
        other = tmp_path / "other"
        other.mkdir()
        _, key = Authority.made(other).certify("county.example")
    elif broken == "words":
        pem.write_text("no certificate")
    else:
        pem = tmp_path / "nowhere.pem"
    network = replace(settings.read({}, data=tmp_path).network, certificate=pem, key=key)
    with pytest.raises(certificates.CertificateUnusable):
        certificates.check(network)
