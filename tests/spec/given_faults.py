"""Faults about passwords that were given out: what each test of a clause has to notice."""

from fault import OUT, Fault

FAULTS = (
    Fault("SX-11-a PS-05-1c", OUT, "who came in by a given password goes on", "web/login/entrance.py",
          "if sessions.must_change_password(request) and not with_given_password:",
          "if sessions.must_change_password(request) and with_given_password:"),
    Fault("SX-11-a PS-05-1c", OUT, "at the command line a password that was given out opens all", "console/officer.py",
          "if not given_out and queries.password_given(username):",
          "if given_out and queries.password_given(username):"),
    Fault("SX-11-a", OUT, "a platform is upgraded by a password that was given out", "console/upgrade.py",
          "if queries.password_given(by):", "if not by and queries:"),
    Fault("SX-11-a", OUT, "the password that was given out is chosen again", "control/units/operations.py",
          "if user is not None and user.check_password(password):",
          "if user is None:"),
)  # fmt: skip
