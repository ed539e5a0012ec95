"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.Room):
    """Registered as `catalog`."""

    name = "hutong.control.catalog"
    label = "catalog"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedure of catalogue entries."""
        from hutong.control.catalog.procedure import ENTRIES  # models are there once all apps are

        return (ENTRIES,)
