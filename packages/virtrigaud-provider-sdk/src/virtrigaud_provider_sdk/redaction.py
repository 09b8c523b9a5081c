"""What must never be read by others is cut out of log lines and of messages on the wire.

Three nets: keys whose name speaks of a secret, text that looks like one (private keys, passwords in
URLs, bearer tokens), and the very values that `credential_files` has read.
"""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)?$|secret|token(?!_id)|credential|private_?key|(user|meta|network)_?data|ignition|authorization",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^/@\s]*:[^/@\s]+(?=@)"
    r"|(?<=[Bb]earer )\S+",
    re.DOTALL,
)
_SHORTEST = 4


class Redaction:
    """Known secret values, and the rules to find unknown ones."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def conceal(self, secret: str) -> None:
        """Cut this value, and each of its lines, out of every text from now on; very short ones are ignored."""
        values = {secret.strip(), *(line.strip() for line in secret.splitlines())}
        fresh = {value for value in values if len(value) >= _SHORTEST} - self._known
        if fresh:
            self._known |= fresh
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(value) for value in longest_first))

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if self._pattern is not None:
            text = self._pattern.sub(REDACTED, text)
        return _SECRET_TEXT.sub(REDACTED, text)

    def value(self, value: object) -> object:
        """Return a value without secrets; bytes are never shown."""
        match value:
            case str():
                return self.text(value)
            case bool() | int() | float() | None:
                return value
            case bytes() | bytearray():
                return f"<{len(value)} bytes>"
            case Mapping():
                return {key: self.entry(str(key), inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(inner) for inner in value]
            case _:
                return self.text(str(value))

    def entry(self, key: str, value: object) -> object:
        """Return the value of a key without secrets."""
        if _speaks_of_a_secret(key) and value is not None:
            return REDACTED
        return self.value(value)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Be a structlog processor."""
        for key, value in event.items():
            event[key] = self.entry(key, value)
        return event


@lru_cache(maxsize=1024)
def _speaks_of_a_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


REDACTION = Redaction()
"""The redaction of this process: logs and error messages pass through it."""
