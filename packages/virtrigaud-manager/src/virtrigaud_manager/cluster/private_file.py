"""A file that only this process can open: Python's TLS takes certificates and keys from files only."""

import os


class PrivateFile:
    """A file in memory, by its path in /proc, as long as it is entered."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._descriptor = -1

    def __enter__(self) -> str:
        """Write the file and return its path."""
        self._descriptor = os.memfd_create("identity", os.MFD_CLOEXEC)
        os.write(self._descriptor, self._content)
        return f"/proc/self/fd/{self._descriptor}"

    def __exit__(self, *_: object) -> None:
        """Forget the file."""
        os.close(self._descriptor)
