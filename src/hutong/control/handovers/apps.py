"""Django's name for this app, and its procedure."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `handovers`."""

    name = "hutong.control.handovers"
    label = "handovers"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedure of a hand-over."""
        from hutong.control.handovers.procedure import HANDOVERS  # models are there once all apps are

        return (HANDOVERS,)
