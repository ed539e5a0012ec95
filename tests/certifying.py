"""An authority that tests certify names with, and a home in which a browser trusts it."""

import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CERTUTIL = shutil.which("certutil")


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Authority:
    """An authority of a day; its files and those it certified lie in `folder`."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, folder: Path, *, name: str = "Test authority") -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        certificate = _certificate(name, key, by=name).add_extension(constraint, critical=True)
        made = cls(folder, key, certificate.sign(key, hashes.SHA256()))
        (folder / "authority.pem").write_bytes(made.certificate.public_bytes(serialization.Encoding.PEM))
        return made

    @property
    def path(self) -> Path:
        return self.folder / "authority.pem"

    def context(self) -> ssl.SSLContext:
        """Return what trusts this authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.path))

    def certify(self, *names: str, days: float = 1) -> tuple[Path, Path]:
        """Certify names for so many days; returns the files of the certificate and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made_out_to = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        issuer = self.certificate.subject.rfc4514_string().removeprefix("CN=")
        signed = (
            _certificate(names[0], key, by=issuer, days=days)
            .add_extension(made_out_to, critical=False)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        certificate, kept = self.folder / f"{names[0]}.pem", self.folder / f"{names[0]}.key"
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        written = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        kept.write_bytes(key.private_bytes(serialization.Encoding.PEM, *written))
        return certificate, kept

    def home(self) -> Path:
        """Return a home in which chromium trusts this authority; skips where nothing can tell chromium so."""
        if CERTUTIL is None:
            pytest.skip("there is no certutil (libnss3-tools) on this machine")
        store = self.folder / "home" / ".pki" / "nssdb"
        store.mkdir(parents=True)
        place = f"sql:{store}"
        subprocess.run([CERTUTIL, "-d", place, "-N", "--empty-password"], check=True)
        trusting = ["-A", "-n", "tests", "-t", "C,,", "-i", str(self.path)]
        subprocess.run([CERTUTIL, "-d", place, *trusting], check=True)
        return self.folder / "home"


def shown(port: int) -> bytes:
    """Return the certificate that a server on this machine shows."""
    unseen = ssl.create_default_context()
    unseen.check_hostname, unseen.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 10) as line, unseen.wrap_socket(line) as secured:
        return secured.getpeercert(binary_form=True) or b""


def shown_soon(port: int) -> bytes:
    """Return what a server shows that may just be ending: one in the middle of a handshake breaks it off."""
    while True:
        try:
            return shown(port)
        except (ssl.SSLError, ConnectionResetError):
            continue


def read(pem: Path) -> bytes:
    """Return the certificate of a file as `shown` does."""
    return ssl.PEM_cert_to_DER_cert(pem.read_text())


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, *, by: str, days: float = 1) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )
