"""Tokens as the database has them: their bounds, who finds them, and what is kept of what programs were answered."""

from datetime import timedelta

import bearing
import pytest
from acting import NOW
from desks import at
from django.db import IntegrityError, transaction

from hutong.control.units import answered, ended_tokens, queries, token_list, tokens
from hutong.control.units.models import AnsweredRequest, PersonalToken
from hutong.core import canonical, defaults
from hutong.plane.keys import Keyring


@pytest.fixture
def token(county, tmp_path) -> PersonalToken:
    with at(NOW):
        bearing.made("consumer", Keyring.create(tmp_path / "keys.json"))
    return PersonalToken.objects.get()


@pytest.mark.parametrize("change", [{"until_at": NOW}, {"digest": "x" * 64}, {"digest": "a"}])
def test_a_token_without_a_period_or_a_digest_is_kept_nowhere(token, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalToken.objects.filter(pk=token.pk).update(**change)


def test_an_officer_has_no_more_tokens_than_the_rulebook_lets_one(county, tmp_path):
    ring, most = Keyring.create(tmp_path / "keys.json"), defaults.number("token.most")
    with at(NOW):
        bearing.made("consumer", ring)
        one = PersonalToken.objects.get()
        for number in range(most - 1):
            one.pk = f"more{number}"
            one.save(force_insert=True)
        with pytest.raises(tokens.TokensFull):
            bearing.made("consumer", ring, after=2)
        with transaction.atomic():
            assert ended_tokens.end_all(username="consumer", reason="role", now=NOW, by="init") == most
        bearing.made("consumer", ring, after=3)


def test_a_token_that_has_ended_stays_as_it_ended(county, token):
    actor = queries.actor("consumer", now=NOW)
    assert tokens.end(token.pk, actor=actor, reason="不再使用", now=NOW) == token.name
    tokens.end(token.pk, actor=actor, reason="再次", now=NOW + timedelta(hours=1))
    found = token_list.token(token.pk, actor=actor, now=NOW)
    assert (found.state, found.reason, found.ended_at, found.revocable) == ("ended", "不再使用", NOW, False)


def test_others_do_not_learn_of_a_token(county, token):
    stranger = queries.actor("editor", now=NOW)
    with pytest.raises(tokens.NoSuchToken):
        token_list.token(token.pk, actor=stranger, now=NOW)
    assert token_list.counted(stranger, token_list.TokenFilters(), now=NOW) == 0


def test_an_answer_is_kept_for_its_hours_and_then_forgotten(county, token):
    done = []
    given = {"said": {"path": "x"}, "shown": "", "do": lambda: done.append(1) or {"number": "1"}}
    for _ in range(2):
        assert answered.once(token.pk, "k", **given, now=NOW) == {"number": "1"}
    later = NOW + timedelta(hours=defaults.number("token.answer_hours"))
    gone = [answered.forget_past(now=moment) for moment in (later - timedelta(seconds=1), later)]
    assert (len(done), gone) == (1, [0, 1])
    assert not AnsweredRequest.objects.exists()


def test_what_a_request_said_is_not_found_again_from_what_is_kept_of_it(county, token):
    said = {"identity_no": "110101190001010014"}
    answered.once(token.pk, "k", said=said, shown="hutong_pat_one", do=dict, now=NOW)
    kept = AnsweredRequest.objects.get().digest
    assert kept != canonical.digest(said)
    with pytest.raises(answered.KeyUsedOtherwise):
        answered.once(token.pk, "k", said=said, shown="hutong_pat_another", do=dict, now=NOW)


@pytest.mark.parametrize("key", ["", "k" * 201, "钥匙", "a\nb"])
def test_a_key_that_no_header_has_is_refused(county, token, key):
    with pytest.raises(answered.KeyMisshaped):
        answered.once(token.pk, key, said={}, shown="", do=dict, now=NOW)


def test_what_is_refused_leaves_no_answer(county, token):
    def refuse() -> dict:
        raise tokens.NoSuchToken(token="x")

    with pytest.raises(tokens.NoSuchToken):
        answered.once(token.pk, "k", said={}, shown="", do=refuse, now=NOW)
    assert not AnsweredRequest.objects.exists()
