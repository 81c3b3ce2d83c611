"""What a DAG file asks while it is parsed: the values of variables and connections at its top level.

The child that executes the file has no key to anything. It asks over a socket of its own, one JSON line each; the
engine's parser answers, for reading only. Answers go to the file's code and nowhere else: not into the result, not into
a log; if the file's error repeats a secret, it is hidden there. The engine remembers a digest of what each file was
told, and so knows which files to parse again when a value changes.
"""

import contextlib
import hashlib
import json
import os
import selectors
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from jupyter_couture.authoring.door import ReadingDoor, fields_of
from jupyter_couture.model.errors import CoutureError, Unavailable
from jupyter_couture.model.masking import secrets_in_text
from jupyter_couture.model.records import ParsedFile
from jupyter_couture.ports.secrets import Secrets
from jupyter_couture.runtime.secrecy import SecretMask

VARIABLE = "variable"
CONNECTION = "connection"

_LONGEST_QUESTION = 64 * 1024
_MOST_QUESTIONS = 10_000
_CHUNK = 1 << 16


class AskingDoor(ReadingDoor):
    """The child's end. Safe to use from any thread."""

    def __init__(self, handle: int) -> None:
        self._socket = socket.socket(fileno=handle)
        self._lines = self._socket.makefile("rb")
        self._turn = Lock()

    def get_variable(self, key: str) -> str | None:
        """What the engine says."""
        found: str | None = self._ask(VARIABLE, key)
        return found

    def connections(self, conn_id: str) -> Sequence[Mapping[str, Any]]:
        """What the engine says."""
        found: list[dict[str, Any]] = self._ask(CONNECTION, conn_id)
        return found

    def _ask(self, kind: str, name: str) -> Any:
        with self._turn, contextlib.suppress(OSError, ValueError):
            self._socket.sendall(json.dumps([kind, str(name)]).encode() + b"\n")
            answer = json.loads(self._lines.readline())
            if "error" in answer:
                raise Unavailable(what=f"{kind} {name!r}", message=answer["error"])
            return answer["found"]
        raise Unavailable(what=f"{kind} {name!r}", message="nobody answers this file's questions any more")


class Answers:
    """The engine's answers, and what each file was told. Used by one thread at a time."""

    def __init__(self, secrets: Secrets | None, *, hides: bool = True) -> None:
        self._secrets = secrets
        self._hides = hides
        self._masks: dict[str, SecretMask] = {}
        self._told: dict[str, dict[tuple[str, str], bytes]] = {}
        self._salt = os.urandom(16)

    def begin(self, file: str) -> None:
        """A parse of ``file`` begins: what it was told before is of no interest."""
        self._told.pop(file, None)
        self._masks.pop(file, None)

    def answer(self, file: str, question: bytes) -> bytes:
        """The line that answers one line of ``file``; raises ``ValueError`` if that is no question."""
        kind, name = json.loads(question)
        if kind not in (VARIABLE, CONNECTION) or not isinstance(name, str):
            raise ValueError("a question names a variable or a connection")
        said = self._say(kind, name)
        self._note_secrets(file, kind, name, said)
        told = self._told.setdefault(file, {})
        if len(told) < _MOST_QUESTIONS:
            told[kind, name] = self._digest(said)
        return said + b"\n"

    def asked_by(self, file: str) -> frozenset[tuple[str, str]]:
        """What the last parse of ``file`` asked for: (``VARIABLE`` or ``CONNECTION``, name)."""
        return frozenset(self._told.get(file, ()))

    def masked(self, parsed: ParsedFile) -> ParsedFile:
        """The result of a parse without the secrets that the file was told, should its problems repeat them."""
        mask = self._masks.pop(parsed.file, None)
        if mask is None or not parsed.problems:
            return parsed
        problems = (
            replace(each, message=mask.text(each.message), traceback=mask.text(each.traceback))
            for each in parsed.problems
        )
        return replace(parsed, problems=tuple(problems))

    def _note_secrets(self, file: str, kind: str, name: str, said: bytes) -> None:
        found = json.loads(said).get("found")
        secrets: set[str] = set()
        if kind == VARIABLE and found is not None:
            secrets.update(secrets_in_text(found, name))
        elif kind == CONNECTION:
            for each in found or ():
                secrets.update(secrets_in_text(each["extra"] or ""), {each["password"] or ""})
        for secret in secrets - {""} if self._hides else ():
            self._masks.setdefault(file, SecretMask()).add(secret)

    def outdated(self) -> frozenset[str]:
        """The files that would be told something else now."""
        now: dict[tuple[str, str], bytes] = {}
        for question in {each for told in self._told.values() for each in told}:
            now[question] = self._digest(self._say(*question))
        return frozenset(
            file for file, told in self._told.items() if any(now[question] != said for question, said in told.items())
        )

    def _say(self, kind: str, name: str) -> bytes:
        try:
            if self._secrets is None:
                raise Unavailable(what=f"{kind} {name!r}", message="variables and connections are not to be had here")
            found: object
            if kind == VARIABLE:
                found = self._secrets.get_variable(name)
            else:
                found = [fields_of(each) for each in self._secrets.get_connections(name)]
        except CoutureError as error:
            return json.dumps({"error": str(error.fields.get("message", error))}).encode()
        return json.dumps({"found": found}).encode()

    def _digest(self, said: bytes) -> bytes:
        return hashlib.blake2b(said, key=self._salt, digest_size=16).digest()


class Line:
    """The engine's end of one file's socket. Never waits: a child that does not read keeps nobody."""

    def __init__(self, link: socket.socket, file: str, answers: Answers) -> None:
        link.setblocking(False)
        self.link = link
        self._file = file
        self._answers = answers
        self._asked = bytearray()
        self._said = bytearray()

    @property
    def events(self) -> int:
        """What to wait for: while an answer is not taken, no other question is read."""
        return selectors.EVENT_WRITE if self._said else selectors.EVENT_READ

    def turn(self) -> bool:
        """Do what can be done; False if there is nothing more to expect."""
        try:
            if not self._said:
                self._asked += self.link.recv(_CHUNK) or b"\0"
            while not self._said and b"\n" in self._asked:
                question, _, rest = bytes(self._asked).partition(b"\n")
                self._asked[:] = rest
                self._said += self._answers.answer(self._file, question)
                self._write()
            self._write()
        except BlockingIOError:
            return True
        except (OSError, ValueError):
            return False
        return self._asked[-1:] != b"\0" and len(self._asked) <= _LONGEST_QUESTION

    def _write(self) -> None:
        while self._said:
            del self._said[: self.link.send(self._said)]
