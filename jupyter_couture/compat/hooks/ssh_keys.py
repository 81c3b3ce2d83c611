"""Keys of SSH: reading private and public ones, and what to do about hosts never seen before."""

import base64
import binascii
import io
import logging
import os
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.model.errors import AirflowException, GiveUp

_log = logging.getLogger(__name__)

_KINDS = ("Ed25519Key", "RSAKey", "ECDSAKey")


class UnknownHost(GiveUp):
    """The key of a host is not known, and unknown hosts are not trusted. Retries are not used for it."""


def private_key_of(text: str, passphrase: str | None) -> Any:
    """A private key in PEM or OpenSSH form, as ``paramiko`` has it; raises ``AirflowException`` if it is none."""
    paramiko = driver("paramiko", "SSH")
    whole = text.strip().replace("\\n", "\n") + "\n"
    for kind in _KINDS:
        try:
            return getattr(paramiko, kind).from_private_key(io.StringIO(whole), password=passphrase)
        except (paramiko.SSHException, ValueError):
            continue
    raise AirflowException(
        "Private key provided cannot be read by paramiko. Ensure key provided is valid for one of the following key "
        "formats: RSA, ECDSA, or Ed25519, and that the passphrase is the right one"
    )


def private_key_in(file: Path, passphrase: str | None) -> Any:
    """The private key in a file, with the certificate that may lie beside it; raises ``OSError`` if it is not there."""
    key = private_key_of(file.read_text(), passphrase)
    certificate = file.with_name(f"{file.name}-cert.pub")
    if certificate.is_file():
        key.load_certificate(str(certificate))
    return key


def public_key_of(text: str) -> Any:
    """A host's key: its base64 text, with or without its kind before it, as in ``known_hosts``."""
    paramiko = driver("paramiko", "SSH")
    words = text.split()
    encoded = words[1] if len(words) > 1 else words[0]
    try:
        return paramiko.PKey.from_type_string(_kind_in(encoded), base64.b64decode(encoded))
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, binascii.Error, ValueError) as error:
        raise AirflowException(f"host_key is no public key of a host: {error}") from None


def _kind_in(encoded: str) -> str:
    """The kind of a key stands at its beginning, after four bytes with its length."""
    content = base64.b64decode(encoded)
    return content[4 : 4 + int.from_bytes(content[:4], "big")].decode("ascii", "replace")


class HostKeyPolicy:
    """What ``paramiko`` asks about a host without a known key: remember it (``is_trusted``), or refuse it."""

    def __init__(self, *, is_trusted: bool) -> None:
        self.is_trusted = is_trusted

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        """Called by ``paramiko``; raises ``UnknownHost``."""
        if not self.is_trusted:
            told = f"{key.get_name()} {key.get_base64()}"
            raise UnknownHost(f"host {hostname} is not known, its key is {told}: put that into the extra's host_key")
        _log.warning("Host %s is new: trusting its key %s from now on", hostname, key.get_name())
        client.get_host_keys().add(hostname, key.get_name(), key)
        _remember(f"{hostname} {key.get_name()} {key.get_base64()}\n")


def _remember(line: str) -> None:
    """Add a line to ``~/.ssh/known_hosts``; other lines are not touched."""
    place = Path.home() / ".ssh" / "known_hosts"
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            is_whole = not size or file.read(1) == b"\n"
            file.write((line if is_whole else f"\n{line}").encode())
    except OSError as error:
        _log.warning("%s cannot be written, so the host is new again next time: %s", place, error)
