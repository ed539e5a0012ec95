"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `security`."""

    name = "hutong.control.security"
    label = "security"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of emergency plans and of restore drills."""
        from hutong.control.security.procedure import DRILLS, PLANS  # models are there once all apps are

        return (PLANS, DRILLS)
