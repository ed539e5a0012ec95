"""The certificate that the doors show where they speak HTTPS themselves."""

import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from hutong.core.errors import Invalid
from hutong.core.network import Network


class CertificateUnusable(Invalid):
    """The certificate {certificate} and the key {key} cannot be used together: {reason}"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate that is shown: whom it was made out to, and when it ends."""

    name: str
    ends_at: datetime


def shown(certificate: Path | None) -> tuple[Certificate, ...]:
    """Return the certificates of a file as they stand there, those above the first too; none where there is no file."""
    if certificate is None:
        return ()
    read = x509.load_pem_x509_certificates(certificate.read_bytes())
    return tuple(Certificate(each.subject.rfc4514_string() or "?", each.not_valid_after_utc) for each in read)


def check(network: Network) -> None:
    """See that certificate and key can be read and belong together; raises CertificateUnusable."""
    if network.certificate is None or network.key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(network.certificate, network.key, password="")
        names(network.certificate)
    except (OSError, ValueError) as fault:  # an SSLError is an OSError
        reason = getattr(fault, "strerror", None) or str(fault)
        raise CertificateUnusable(certificate=network.certificate, key=network.key, reason=reason) from None


def names(certificate: Path) -> tuple[str, ...]:
    """Return the names and addresses a certificate was made out to."""
    read = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    try:
        made_out_to = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = made_out_to.get_values_for_type(x509.IPAddress)
    return (*made_out_to.get_values_for_type(x509.DNSName), *map(str, addresses))
