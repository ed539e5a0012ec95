"""Django's name for this app, and its procedures."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `nodes`."""

    name = "hutong.control.nodes"
    label = "nodes"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the procedures of front-end servers, of the changes of their configuration and of their drifts."""
        # models are there once all apps are
        from hutong.control.nodes.procedure import SERVER_CHANGES, SERVER_DRIFTS, SERVERS

        return (SERVERS, SERVER_CHANGES, SERVER_DRIFTS)
