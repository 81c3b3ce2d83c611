"""The deployment's certificate files: whoever holds them may talk to the Dask cluster.

One authority and one certificate for scheduler, workers and clients alike: on one host they are the same user. For
workers on other hosts the folder is copied there (or mounted); its files are the permission to run code, so they are
0600. Files of your own making, without the ``expires`` file beside them, are used as they are.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

VALID_DAYS = 3650
RENEW_DAYS = 90
"""A certificate with less time left is replaced when a pool starts."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files: the authority's certificate, ours signed by it, and our key."""

    authority: Path
    certificate: Path
    key: Path
    expires: Path

    @classmethod
    def of(cls, folder: Path) -> "TlsFiles":
        """The names in ``folder``, whether the files exist or not."""
        return cls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem", folder / "expires")

    def exist(self) -> bool:
        """Whether a usable set is there."""
        return self.authority.exists() and self.certificate.exists() and self.key.exists()


def ensure_certificates(folder: Path, now: datetime | None = None) -> TlsFiles:
    """The certificate files of this deployment, made anew if missing or about to expire.

    Safe to call from several processes at once.
    """
    files = TlsFiles.of(folder)
    today = (now or datetime.now(UTC)).date()
    if _are_good(files, today):
        return files
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(folder / ".lock"):
        if not _are_good(files, today):
            from jupyter_couture.executors.certificates import issue  # noqa: PLC0415  # heavy, once in ten years

            issue(files, today, today + timedelta(days=VALID_DAYS))
    return files


def _are_good(files: TlsFiles, today: date) -> bool:
    if not files.exist():
        return False
    try:
        expires = date.fromisoformat(files.expires.read_text().strip())
    except (FileNotFoundError, ValueError):
        return True
    return expires - today > timedelta(days=RENEW_DAYS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
