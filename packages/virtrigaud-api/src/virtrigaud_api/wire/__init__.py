"""The contract over gRPC: the only code that knows protobuf messages and the JSON inside their strings.

Importing it sets the floor of TLS to 1.3 for the process (see `tls_floor`), because gRPC reads that
setting when it is first imported, which is right after.
"""

import virtrigaud_api.wire.tls_floor  # noqa: F401  imported for its effect, before anything here imports grpc
