"""Faults of who comes in by an identity service (article 11, unified authentication)."""

from fault import OUT, SHIFTED, Fault

LETTING_IN, QUERIES, OPERATIONS = (f"control/signon/{name}.py" for name in ("letting_in", "queries", "operations"))
PROVIDER = "web/signon/provider.py"

FAULTS = (
    Fault("SX-11-a IS-2.2-a", OUT, "whoever an issuer calls so is the account bound at any other", QUERIES,
          "    found = Binding.objects.filter(issuer=issuer, subject=subject, ended_at__isnull=True)\n",
          "    found = Binding.objects.filter(subject=subject, ended_at__isnull=True)\n"),
    Fault("SX-11-a IS-2.2-a", OUT, "a binding that ended lets somebody in", QUERIES,
          "    found = Binding.objects.filter(issuer=issuer, subject=subject, ended_at__isnull=True)\n",
          "    found = Binding.objects.filter(issuer=issuer, subject=subject)\n"),
    Fault("SX-11-a IS-2.2-a", OUT, "a name lets somebody in who is bound to nobody", LETTING_IN,
          "    username = queries.bound(service.issuer, known.subject)\n",
          "    username = queries.bound(service.issuer, known.subject)\n"
          "    username = username or User.objects.filter(username=known.called).values_list(\"username\", flat=True)"
          ".first()\n"),
    Fault("SX-11-a", OUT, "the second factor is not asked for of who comes by a service", LETTING_IN,
          "    halfway = factor is not None and not two_factors\n", "    halfway = False\n"),
    Fault("SX-11-a", OUT, "any acr counts as two factors", LETTING_IN,
          "bool(known.acr) and known.acr in service.acr", "bool(known.acr)"),
    Fault("SX-11-a", OUT, "a login by a service is not entered", LETTING_IN,
          "        logins.note_login(username=username, unit=actor.unit, source=source, device=device, now=now,"
          " method=by)\n",
          "        del device\n"),
    Fault("SX-11-a", OUT, "who is not let in by a service is not entered", LETTING_IN,
          "        note_failure(service, source=source, reason=rules.NotBound.code, now=now)\n", ""),
    Fault("SX-11-a", OUT, "a token for another audience is taken", PROVIDER,
          '{"iss": service.issuer, "aud": service.client_id}', '{"iss": service.issuer}'),
    Fault("SX-11-a", OUT, "a token by another issuer is taken", PROVIDER,
          '{"iss": service.issuer, "aud": service.client_id}', '{"aud": service.client_id}'),
    Fault("SX-11-a", OUT, "a token of another login is taken", PROVIDER,
          'params = {"nonce": nonce, "client_id"', 'params = {"client_id"'),
    Fault("SX-11-a", OUT, "a token made long ago is taken", PROVIDER,
          " or made_at < (now - OLDEST).timestamp():", ":"),
    Fault("SX-11-a", OUT, "a login comes back to whatever browser has begun one", "web/signon/began.py",
          "constant_time_compare(began.state, state)", "constant_time_compare(state, state)"),
    Fault("SX-11-a", SHIFTED, "a service that waits to be confirmed lets people in", QUERIES,
          "    found = IdentityService.objects.filter(code=code, state=IN_FORCE).first()\n",
          "    found = IdentityService.objects.filter(code=code).first()\n"),
    Fault("SX-11-a", SHIFTED, "who registers a service confirms it", "control/signon/rules.py",
          '    "confirm": ("security_admin",),\n', '    "confirm": ("security_admin", "system_admin"),\n'),
    Fault("SX-11-a", OUT, "the step about a service is not entered", OPERATIONS,
          '    record("signon.service_moved", told, now=now, unit=actor.unit)\n', "    del told\n"),
    Fault("SX-11-a", OUT, "a binding is not entered", OPERATIONS,
          '    record("signon.bound", said, now=now, unit=officer.unit_id)\n', "    del said\n"),
    Fault("SX-11-a", OUT, "a secret opens for whatever address stands beside it", "control/signon/sealing.py",
          '"login_address", "token_address", "keys_address",', '"login_address", "keys_address",'),
    Fault("SX-11-a", OUT, "a unit's administrator binds the account of an administrator of the platform", OPERATIONS,
          "        roles = roster.open_roles(username)\n        powers",
          "        roles = roster.open_roles(username) & set()\n        powers"),
    Fault("SX-11-a", SHIFTED, "the form offers a unit's administrator the platform's administrators", QUERIES,
          "exclude(pk__in=offices.values(\"officer\"))",
          "exclude(pk__in=offices.filter(role=\"\").values(\"officer\"))"),
    Fault("SX-11-a", OUT, "who bound an administrator's account to the own identity comes in without the code",
          LETTING_IN, " and queries.bound_by(service.issuer, known.subject) != username:", " and not username:"),
)  # fmt: skip
