"""A renewed certificate is shown by the doors while they stand: new files are put in the place of the old.

Nobody is cut off: a server begins new processes, and those before end with the requests they have.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from hutong.core.network import Network
from hutong.installation import certificates
from hutong.installation.certificates import CertificateUnusable
from hutong.messages import logger


@dataclass(slots=True)
class Renewing:
    """Looks at the files of the certificate and of its key, and lets the doors read what is new there."""

    network: Network
    hand_over: Callable[[], object]
    """Gives the doors' users their copies."""
    reread: Callable[[], object]
    """Has the doors read the certificate anew."""
    _shown: bytes = b""
    _refused: bytes = field(default=b"")

    def __post_init__(self) -> None:
        self._shown = self._found()

    def __call__(self) -> None:
        """Have the doors show what lies in the files, where that is new and can be used; raises OSError.

        Half of a renewal, a certificate without its key, is told once and waited out.
        """
        found = self._found()
        if found in (self._shown, self._refused):
            return
        try:
            certificates.check(self.network)
        except CertificateUnusable as problem:
            logger.warning("certificate.not_renewed", reason=str(problem))
            self._refused = found
            return
        self.hand_over()
        self.reread()
        self._shown, self._refused = found, b""
        logger.info("certificate.renewed", certificate=str(self.network.certificate))

    def _found(self) -> bytes:
        files = (self.network.certificate, self.network.key)
        return b"".join(sha256(each.read_bytes()).digest() for each in files if each is not None)
