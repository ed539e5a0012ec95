"""Django's name for this app, and its procedure."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `notices`."""

    name = "hutong.control.notices"
    label = "notices"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedure of a change of contact."""
        from hutong.control.notices.procedure import CONTACT_CHANGES  # models are there once all apps are

        return (CONTACT_CHANGES,)
