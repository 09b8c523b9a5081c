"""TLS 1.3 is the floor: a process that imports the SDK refuses older handshakes.

gRPC for Python has no setting for the least TLS version. Its list of TLS 1.2 ciphers is one, though: with
only a pre-shared-key suite in it, and no pre-shared key anywhere, a 1.2 handshake finds no common
cipher, while the suites of 1.3 are not on that list and stay. gRPC reads the list when it is first
imported, so this module comes before every import of grpc. `interceptors.peers` looks at the negotiated version
of each call as well, for a program that imported grpc earlier.
"""

import os

CIPHER_SUITES_VARIABLE = "GRPC_SSL_CIPHER_SUITES"
NO_TLS_1_2 = "ECDHE-PSK-AES128-CBC-SHA"

os.environ[CIPHER_SUITES_VARIABLE] = NO_TLS_1_2
