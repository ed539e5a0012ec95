"""How a hand-over comes into a state in the county, and how a step of it is taken there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import handing
from acting import NOW
from bringing import InProcedure, Refused

from hutong.control.handovers import passes
from hutong.core import beijing
from hutong.core.lifecycle import TIME

DAY = timedelta(days=1)


class OfHandover(InProcedure):
    """A hand-over of the civil affairs bureau; its day is a week ahead, and a part stays where one is to be left."""

    besides = ("unit_admin",)

    def prepare(self) -> None:
        self.draft = handing.staffed(self.county)
        self.number = self.bring()

    def bring(self) -> str:
        left = {f"draft|sharing.application|{self.draft}": ""} if "some_left" in self.step.when else {}
        return handing.handed(self.county, effective_date=handing.LATER, chosen=left)

    @property
    def _day_came(self) -> datetime:
        return NOW + (handing.LATER - beijing.day(NOW))

    def act(self, by: str, **grounds: str) -> str:
        if self.step.role == TIME:
            passes.take_effect(now=self._day_came, calendar=self.county.calendar)
        else:
            handing.take(self.county, self.number, self.step.action, by=by, **grounds)
        return handing.state(self.number)

    def refused(self) -> Iterator[Refused]:
        if self.step.role == TIME:
            yield partial(passes.take_effect, now=self._day_came - DAY, calendar=self.county.calendar), ()
        yield from super().refused()


class OfTransfer(InProcedure):
    """A transfer of the civil affairs bureau's consumer to the police, whose administrator is asked."""

    besides = ("unit_admin", "receiving")

    def prepare(self) -> None:
        handing.administered(self.county)
        super().prepare()

    def bring(self) -> str:
        return handing.asked(self.county)

    @property
    def taker(self) -> str:
        return "receiving" if self.step.role == "unit_admin" else super().taker

    def act(self, by: str, **grounds: str) -> str:
        return handing.take_transfer(self.county, self.number, self.step.action, by=by, **grounds)
