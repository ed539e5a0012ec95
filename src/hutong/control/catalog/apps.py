"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `catalog`."""

    name = "hutong.control.catalog"
    label = "catalog"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of catalogue entries and of their changes."""
        from hutong.control.catalog.procedure import CHANGES, ENTRIES  # models are there once all apps are

        return (CHANGES, ENTRIES)
