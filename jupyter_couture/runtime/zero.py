"""Nursery zero: ``python -m jupyter_couture.runtime.zero``, started by the supervisor.

It has read the runtime and nothing of the user's, and forks a nursery at each word of the supervisor's. It is not the
parent of any payload, so nothing that runs depends on it.
"""

import gc
import logging
import os
import signal
import socket
from typing import NoReturn

from jupyter_couture.authoring.catalogue import read_words
from jupyter_couture.compat import importing
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.attempt import set_up_logging
from jupyter_couture.runtime.lines import LineBuffer
from jupyter_couture.runtime.nursery import Nursery
from jupyter_couture.runtime.nursery_key import NurseryKey
from jupyter_couture.runtime.rehearsal import rehearse
from jupyter_couture.settings import Settings

_READ_BYTES = 65_536

_log = logging.getLogger("couture.nursery")


def serve_zero(control: socket.socket, settings: Settings, cookie_address: int | None) -> None:
    """Fork a nursery for each line of the supervisor's, until the supervisor is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nurseries are reaped by the system
    inbox = LineBuffer()
    while data := control.recv(_READ_BYTES):
        for message in inbox.feed(data):
            key = NurseryKey(version=message["version"], kind=message["kind"])
            if os.fork() == 0:
                _become_nursery(control, settings, key, cookie_address)


def _become_nursery(
    control: socket.socket, settings: Settings, key: NurseryKey, cookie_address: int | None
) -> NoReturn:
    try:
        control.close()
        os.setsid()
        processes.become_subreaper()
        processes.show_name(f"nursery:{key.version[:7]}")
        Nursery(settings, key, cookie_address).run()
    except BaseException:  # noqa: BLE001  # the edge of the process
        _log.exception("Nursery of DAG version %s fails", key.version)
    finally:
        os._exit(1)


def main() -> None:
    """Entry of nursery zero: settings in the environment, its supervisor at the other end of standard input."""
    set_up_logging()
    cookie_address = processes.find_placeholder()
    os.environ.pop(processes.COOKIE, None)
    settings = Settings.load()
    for name in settings.environ():
        if name not in ("COUTURE_HOME", "COUTURE_DAGS_FOLDER", "COUTURE_STRICT_DEPENDENCIES"):
            os.environ.pop(name, None)
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull) as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    processes.show_name("nursery:zero")
    importing.install()
    read_words()
    rehearse((str(settings.dags_folder),), settings)
    gc.collect()
    gc.freeze()
    serve_zero(control, settings, cookie_address)


if __name__ == "__main__":
    main()
