"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `sharing`."""

    name = "hutong.control.sharing"
    label = "sharing"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedure of applications."""
        from hutong.control.sharing.procedure import APPLICATIONS  # models are there once all apps are

        return (APPLICATIONS,)
