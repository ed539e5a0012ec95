"""How a witness of the log is brought into a state, and a step of it taken."""

from bringing import WHO
from bringing_records import Kept

from hutong.audit import witnesses
from hutong.core.cosignature import WitnessSigner


class OfWitness(Kept):
    """A witness of the log, registered by another officer of the authority."""

    refusing = (witnesses.NotEntitledToWitnesses,)
    groundless = witnesses.WitnessEndWithoutReason
    KEY = str(WitnessSigner.from_seed("witness.county.example", b"w" * 32).public)

    def bring(self, decided: list[str]) -> int:
        if self.step.before == "registered":
            witnesses.register(self.owner, key=self.KEY, **self.acting("authority"))  # type: ignore[arg-type]
        return 0

    @property
    def others(self) -> list[str]:
        """Who may not: everybody but the authority."""
        return sorted(set(WHO.values()) - {"authority"})

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "register":
            witnesses.register(self.owner, key=self.KEY, **self.acting(by))  # type: ignore[arg-type]
        else:
            name = "witness.county.example"
            witnesses.end(self.owner, name=name, **self.acting(by), **grounds)  # type: ignore[arg-type]
        with self.owner.transaction() as cur:
            return witnesses.every(cur)[0].witness.state
