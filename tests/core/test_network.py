"""Who asks behind proxies, and what a stranger says of themselves is never believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import network
from hutong.core.network import Network

OURS = Network(proxies=network.networks("127.0.0.1, 10.20.0.0/24,fd00::5"))
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)


@pytest.mark.parametrize(
    ("peer", "passed_on", "source"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),  # no proxy of ours: its word is nothing
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),  # what came with the request is the stranger's
        ("127.0.0.1", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7, 10.20.0.9"], "192.0.2.7"),
        ("::ffff:127.0.0.1", ["192.0.2.7:51234"], "192.0.2.7"),
        ("fd00::5", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1"),
        ("10.20.1.1", ["192.0.2.7"], "10.20.1.1"),
    ],
)
def test_the_source_is_who_asked_the_first_proxy_of_ours(peer, passed_on, source):
    assert OURS.source(peer, passed_on) == source


@given(peer=addresses, said=st.lists(st.text(max_size=40), max_size=4))
def test_nothing_a_stranger_sends_gives_them_another_source(peer, said):
    behind = OURS.source("127.0.0.1", [*said, peer])  # as a proxy hands it on that adds whom it was asked by
    if not OURS.trusted(peer):
        assert network.plain(behind) == network.plain(peer)


@pytest.mark.parametrize(
    ("peer", "told", "scheme"),
    [("192.0.2.7", ["https"], "http"), ("127.0.0.1", ["https"], "https"), ("127.0.0.1", ["http, https"], "https"),
     ("127.0.0.1", [], "http"), ("127.0.0.1", ["gopher"], "http")],
)  # fmt: skip
def test_the_scheme_is_what_a_proxy_of_ours_says(peer, told, scheme):
    assert OURS.scheme_of(peer, told, spoken="http") == scheme
    assert Network(https_before=True).scheme_of(peer, told, spoken="http") == "https"


def test_one_subscriber_is_one_source_however_many_addresses_they_have():
    assert network.subscriber("192.0.2.7") == "192.0.2.7"
    assert network.subscriber("2001:db8:1:2:3::4") == network.subscriber("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert network.subscriber("::ffff:192.0.2.7") == "192.0.2.7"
