"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `registration`."""

    name = "hutong.control.registration"
    label = "registration"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of registrations and of renewals."""
        from hutong.control.registration.procedure import REGISTRATIONS, RENEWALS  # models are there once all apps are

        return (REGISTRATIONS, RENEWALS)
