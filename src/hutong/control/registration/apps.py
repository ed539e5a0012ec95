"""Django's name for this app, and its procedure."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `registration`."""

    name = "hutong.control.registration"
    label = "registration"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedure of registrations."""
        from hutong.control.registration.procedure import REGISTRATIONS  # models are there once all apps are

        return (REGISTRATIONS,)
