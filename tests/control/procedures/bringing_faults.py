"""How a fault comes into a state in the county, and how a step of it is taken there."""

import faulting
from bringing import InProcedure


class OfFault(InProcedure):
    """A fault of the civil affairs bureau's front-end server that the operator noticed."""

    besides = ("unit_admin",)

    def prepare(self) -> None:
        faulting.staffed(self.county)
        super().prepare()

    def bring(self) -> str:
        return faulting.found(self.county)

    def act(self, by: str, **grounds: str) -> str:
        return faulting.take(self.county, self.number, self.step.action, by=by, **grounds)
