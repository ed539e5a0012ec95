"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `handovers`."""

    name = "hutong.control.handovers"
    label = "handovers"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of a hand-over and of a transfer."""
        from hutong.control.handovers.procedure import HANDOVERS, TRANSFERS  # models are there once all apps are

        return (HANDOVERS, TRANSFERS)
