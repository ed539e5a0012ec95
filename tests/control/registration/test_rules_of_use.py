"""The rules of use: what was accepted under a version can be read for good."""

from hutong.control.registration import rules_of_use
from hutong.core import canonical

DIGESTS = {"1": "b71381727c0c541e641a0e4e93dce0abbc2332b9aeacd69f97623e7061c17905"}


def test_a_version_of_the_rules_of_use_keeps_its_words():
    assert canonical.digest([list(each) for each in rules_of_use.RULES]) == DIGESTS[rules_of_use.VERSION]
