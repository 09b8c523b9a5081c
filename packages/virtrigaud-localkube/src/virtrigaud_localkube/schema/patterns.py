"""Regular expressions as Kubernetes reads them: RE2, where `$` is the end of the text and nothing takes forever.

The library is loaded when the first pattern appears, which keeps the start of the server fast.
"""

from functools import lru_cache

from virtrigaud_localkube.document import JsonValue


class Pattern:
    """A compiled pattern."""

    def __init__(self, text: str) -> None:
        """Compiles a pattern.

        Raises:
            ValueError: It is none.
        """
        import re2  # noqa: PLC0415 - many servers never see a pattern

        options = re2.Options()
        options.log_errors, options.never_capture = False, True
        self.text = text
        try:
            self._compiled: JsonValue = re2.compile(text, options)
        except re2.error as error:
            raise ValueError(error.args[0].decode()) from error

    def is_in(self, text: str) -> bool:
        """Tells whether any part of a text matches."""
        return bool(self._compiled.search(text.encode()))  # The library is slow to find places in a str.

    def all_in(self, text: str) -> list[str]:
        """The parts of a text that match, from left to right."""
        return [match[0] for match in self._compiled.finditer(text)]


compile_pattern = lru_cache(maxsize=4096)(Pattern)
"""Compiles a pattern, once for each text."""
