"""The certificates that the manager issues itself, for the connections between it and its providers."""
