"""Certificates for `https`, of a certificate authority that exists only as long as its server."""

import shutil
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path
from weakref import finalize

from qchime.server.trust.origins import checked_name
from qchime.world import renew_in_children


class Certificate:
    """A certificate for localhost and for these hosts, whose ports are ignored."""

    def __init__(self, hosts: Iterable[str]) -> None:
        import trustme  # and cryptography, which only `tls` needs

        authority = trustme.CA(organization_name="qchime")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = {"localhost", "127.0.0.1", "::1", *map(checked_name, hosts)}
        authority.issue_cert(*names).configure_cert(self.context)
        folder = tempfile.mkdtemp(prefix="qchime-")
        self._cleanup = finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.ca_file = Path(folder, "ca.pem")
        """The certificate of the authority, which clients must trust. It is deleted with this object."""
        authority.cert_pem.write_to_path(str(self.ca_file))
        renew_in_children(self)

    def after_fork(self) -> None:
        """Leave the file to the parent: a child that ends must not delete it."""
        self._cleanup.detach()
