"""Faults of personal tokens: what programs of officers may do, and what ends it (article 11)."""

from fault import OUT, SHIFTED, Fault

TOKENS = "control/units/tokens.py"
FAULTS = (
    Fault("SX-11-a", OUT, "a token takes grave steps", "control/procedures/operations.py",
          "        raise rules.GraveByToken(title=procedure.life.title, case=seen.number, action=move.label)\n",
          "        assert move.label\n"),
    Fault("SX-11-a", OUT, "what a program does is entered as if a person did it", "control/recording.py",
          'log.append(cur, [log.LogEntry("auth.token_acted", now, {**told, "leaf": receipt.leaf_hash.hex()}, by.unit)]',
          "print(told, receipt", still="tests/control/units/test_units.py::test_a_role_is_given_once"),
    Fault("SX-11-a", OUT, "a token is made without the password", TOKENS,
          "    logins.prove_password(username=actor.officer, present=present, source=shown.source, now=now)\n", ""),
    Fault("SX-11-a", OUT, "a token is made without a code", TOKENS,
          "    with factors.proven(shown):\n", "    assert factors.proven\n    with transaction.atomic():\n"),
    Fault("SX-11-a", OUT, "a token goes on although the password is another", TOKENS,
          "    if not compare_digest(token.stamp, _stamp(token.officer)):\n", "    if not token.stamp:\n"),
    Fault("SX-11-a", OUT, "a token goes on although a role of its officer ended", TOKENS,
          " or not actor.roles.issuperset(token.roles):\n", ":\n"),
    Fault("SX-11-a", SHIFTED, "a token counts after its last day", TOKENS,
          "token.until_at <= now:\n", "token.until_at < now:\n"),
    Fault("SX-11-a", OUT, "a token acts outside its scope", TOKENS,
          "            raise BeyondScope(token=self.bearer.token)\n", "            assert self.bearer\n"),
    Fault("SX-11-a", SHIFTED, "who may read by token acts besides", TOKENS,
          '{f"{room}:{wanted}", f"{room}:{ACT}"}', '{f"{room}:{wanted}", f"{room}:{ACT}", f"{room}:{READ}"}'),
    Fault("SX-11-a PS-05-1d", OUT, "tokens are guessed as often as one likes", TOKENS,
          "    logins.check_pause(username=tried, source=source, now=now)\n", ""),
    Fault("SX-11-a", OUT, "a token asks as often as it likes", TOKENS,
          "        raise TokenBusy(token=token.pk, most=most, seconds=seconds, retry_after=seconds)\n",
          "        assert seconds\n"),
    Fault("SX-11-a", OUT, "a token makes tokens", "control/units/powers.py",
          "        raise NotByToken\n", "        assert NotByToken\n"),
    Fault("SX-11-a", OUT, "an administrator sees the tokens of other units", "control/units/token_list.py",
          "    if unit == \"\":\n", "    if unit is not None:\n"),
    Fault("SX-11-a", OUT, "that a token ended is not entered", "control/units/ended_tokens.py",
          '        record("auth.token_ended", {**fields, "reason": reason, "by": by}, now=now, unit=each.unit_id)\n',
          "        assert record, fields\n"),
    Fault("SX-11-a", OUT, "a token stays with who handed the work over", "control/handovers/operations.py",
          "    ended_tokens.end_all(\n"
          "        username=found.officer.user.username, reason=ended_tokens.HANDED, now=now, by=found.told_by\n"
          "    )\n", "    assert ended_tokens.HANDED\n"),
    Fault("SX-11-a", OUT, "what is sent twice is done twice", "control/units/answered.py",
          "        before = AnsweredRequest.objects.filter(token=token, key=key).first()\n",
          "        before, _ = None, AnsweredRequest.objects.filter(token=token, key=key).delete()\n"),
)
