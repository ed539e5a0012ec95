"""Django's name for the benchmark's application, its procedures, and its line on the desk."""

from hutong.control.procedures import procedure


class Config(procedure.ProceduresApp):
    """Registered as `visits`."""

    name = "benchmarks.visits"
    label = "visits"

    def procedures(self) -> tuple[procedure.Procedure, ...]:
        """Return the two procedures."""
        from benchmarks.visits.procedure import PROCEDURES  # models are there once all apps are

        return PROCEDURES

    def ready(self) -> None:
        """Add its kinds of case to those whose pages the desk knows."""
        from benchmarks.visits.pages import KINDS  # as above
        from hutong.web.desk import rooms  # as above

        rooms.KINDS.update({kind.procedure.life.name: kind for kind in KINDS})
