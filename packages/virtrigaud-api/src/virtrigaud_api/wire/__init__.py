"""The contract over gRPC: the only code that knows protobuf messages and the JSON inside their strings."""
