"""Dask's security settings from the deployment's certificate files."""

from collections.abc import Callable

from distributed.security import Security

from jupyter_couture.executors.tls import TlsFiles

_ROLES = ("scheduler", "worker", "client")


def security_of(files: TlsFiles) -> Security:
    """Mutual TLS for any of Dask's roles: without a certificate of this authority nobody is heard."""
    certificates = {f"tls_{role}_cert": str(files.certificate) for role in _ROLES}
    keys = {f"tls_{role}_key": str(files.key) for role in _ROLES}
    make: Callable[..., Security] = Security  # its own signature is untyped
    return make(require_encryption=True, tls_ca_file=str(files.authority), **certificates, **keys)
