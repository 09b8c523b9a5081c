"""TLS 1.3 as the floor of every gRPC connection of this process, client and server alike.

gRPC's Python API has no setting for the least TLS version, and its default admits 1.2. What it has is a
list of cipher suites, which governs TLS 1.2 only. With nothing on it but a pre-shared-key suite, and no
such key anywhere, a 1.2 handshake finds no common suite; the suites of 1.3 are not on that list and stay.
gRPC reads the list once, when it is first imported. A program that imports grpc before this module keeps
gRPC's default, unless its environment carries the setting already; `in_force` tells.
"""

import os
import sys
from typing import Final

CIPHER_SUITES_VARIABLE: Final = "GRPC_SSL_CIPHER_SUITES"
NO_TLS_1_2: Final = "ECDHE-PSK-AES128-CBC-SHA"

in_force: Final = "grpc" not in sys.modules or os.environ.get(CIPHER_SUITES_VARIABLE) == NO_TLS_1_2
"""Whether connections of this process really refuse what is older than TLS 1.3."""

os.environ[CIPHER_SUITES_VARIABLE] = NO_TLS_1_2
