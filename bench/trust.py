"""TLS on loopback: a certificate for this run, and a bundle in which the functions find it among the system's."""

import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trust:
    """What servers and clients need; nothing where `openssl` is missing, and then all is plain HTTP."""

    server: ssl.SSLContext | None
    bundle: Path | None

    @property
    def environment(self) -> dict[str, str]:
        """How clients are told."""
        return {"SSL_CERT_FILE": str(self.bundle), "AWS_CA_BUNDLE": str(self.bundle)} if self.bundle else {}


def make(folder: Path) -> Trust:
    """Makes a certificate. Its key is gone when this returns."""
    with tempfile.TemporaryDirectory() as private:
        key, certificate = Path(private) / "key.pem", Path(private) / "certificate.pem"
        try:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=bench",
                 "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
                check=True, capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            return Trust(None, None)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        # Beside all the roots of the system: parsing those is part of a real start.
        roots = ssl.get_default_verify_paths().cafile
        bundle = folder / "roots.pem"
        bundle.write_text((Path(roots).read_text() if roots else "") + certificate.read_text())
        return Trust(server, bundle)
