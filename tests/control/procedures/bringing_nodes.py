"""How a front-end server and a change of it come into a state in the county, and how a step of them is taken there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import fronting
from acting import NOW
from bringing import InProcedure, Refused

from hutong.control.nodes import passes
from hutong.control.nodes.models import ServerChange, ServerDrift
from hutong.core.lifecycle import TIME

MINUTE = timedelta(minutes=1)


class OfServer(InProcedure):
    """The registration of the civil affairs bureau's front-end server."""

    besides = ("unit_admin",)

    def bring(self) -> str:
        return fronting.drafted(self.county)

    def act(self, by: str, **grounds: str) -> str:
        return fronting.move(self.county, self.number, self.step.action, by=by, **grounds)


class OfServerChange(InProcedure):
    """A change of that server, which the bureau manages or has entrusted, planned or an emergency."""

    besides = ("unit_admin",)

    def bring(self) -> str:
        when = self.step.when
        entrusted = "entrusted" in when
        server = fronting.registered(self.county, managed="ENTRUSTED" if entrusted else "SELF")
        urgent = "urgent" in when
        done = {**fronting.DONE, "executed_at": NOW} if urgent and not entrusted else {}
        no = fronting.change(self.county, server, urgent=urgent, **done)
        if self.step.before == "EXECUTED":
            ServerChange.objects.filter(no=no).update(executed_at=NOW, **fronting.DONE)
        return no

    @property
    def _moment(self) -> datetime:
        found = ServerChange.objects.get(no=self.number)
        return found.window_from_at if self.step.action == "begin_window" else found.window_until_at

    def act(self, by: str, **grounds: str) -> str:
        if self.step.role == TIME:
            passes.windows(now=self._moment, calendar=self.county.calendar)
        else:
            fronting.take(self.county, self.number, self.step.action, by=by, **grounds)
        return fronting.state(self.number)

    def refused(self) -> Iterator[Refused]:
        if self.step.role == TIME:
            yield partial(passes.windows, now=self._moment - MINUTE, calendar=self.county.calendar), ()
        yield from super().refused()


class OfServerDrift(InProcedure):
    """A server that tells another digest than it declares, which the bureau manages or has entrusted."""

    besides = ("unit_admin",)

    def bring(self) -> str:
        return fronting.drifted(self.county, managed="ENTRUSTED" if "entrusted" in self.step.when else "SELF")

    def act(self, by: str, **grounds: str) -> str:
        fronting.take_drift(self.county, self.number, self.step.action, by=by, **grounds)
        return ServerDrift.objects.get(no=self.number).state
