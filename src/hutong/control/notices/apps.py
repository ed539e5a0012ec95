"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `notices`."""

    name = "hutong.control.notices"
    label = "notices"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of changes of contacts, notices of maintenance, and faults."""
        from hutong.control.notices import procedure as notices  # models are there once all apps are

        return (notices.CONTACT_CHANGES, notices.MAINTENANCE_NOTICES, notices.FAULTS)
