"""How a notice of maintenance comes into a state in the county, and how a step of it is taken there."""

from collections.abc import Iterator
from functools import partial

import maintaining
from bringing import InProcedure, Refused

from hutong.control.notices.models import MaintenanceNotice

HAPPENED = {"begin": maintaining.BEGINS, "complete": maintaining.ENDS}


class OfMaintenance(InProcedure):
    """Work on the civil affairs bureau's front-end server."""

    besides = ("unit_admin",)

    def prepare(self) -> None:
        maintaining.staffed(self.county)
        super().prepare()

    def bring(self) -> str:
        number = maintaining.told(self.county)
        if self.step.before == "IN_PROGRESS":
            MaintenanceNotice.objects.filter(no=number).update(begun_at=maintaining.BEGINS)
        return number

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "change":
            maintaining.told(self.county, by=by, changes=self.number)
        else:
            happened_at = HAPPENED.get(self.step.action)
            maintaining.take(self.county, self.number, self.step.action, by=by, happened_at=happened_at, **grounds)
        return maintaining.notice(self.number).state

    def refused(self) -> Iterator[Refused]:
        if self.step.action == "change":  # nobody takes it but with the notice in its place
            yield partial(maintaining.take, self.county, self.number, "change"), self.refusing
        yield from super().refused()
