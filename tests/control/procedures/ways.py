"""How a case of each lifecycle is brought into a state and a step of it taken, by the lifecycle's name."""

from bringing import (
    OfApplication,
    OfChange,
    OfEntry,
    OfGrant,
    OfRegistration,
    OfRenewal,
    OfSuspension,
    Way,
)
from bringing_faults import OfFault
from bringing_handovers import OfHandover, OfTransfer
from bringing_maintenance import OfMaintenance
from bringing_nodes import OfServer, OfServerChange, OfServerDrift
from bringing_notices import OfContactChange
from bringing_records import OfEpoch, OfHold, OfKey, OfPurge
from bringing_security import OfDrill, OfPlan
from bringing_witness import OfWitness

WAYS: dict[str, type[Way]] = {
    "sharing.application": OfApplication,
    "catalog.entry": OfEntry,
    "catalog.change": OfChange,
    "registration.registration": OfRegistration,
    "registration.renewal": OfRenewal,
    "notices.contact_change": OfContactChange,
    "handovers.handover": OfHandover,
    "handovers.transfer": OfTransfer,
    "notices.maintenance": OfMaintenance,
    "notices.fault": OfFault,
    "nodes.server": OfServer,
    "nodes.change": OfServerChange,
    "nodes.drift": OfServerDrift,
    "security.plan": OfPlan,
    "security.drill": OfDrill,
    "plane.grant": OfGrant,
    "plane.suspension": OfSuspension,
    "audit.purge": OfPurge,
    "audit.hold": OfHold,
    "audit.epoch": OfEpoch,
    "audit.key": OfKey,
    "audit.witness": OfWitness,
}
"""Lifecycle → how a case of it is brought into a state and a step of it taken."""
