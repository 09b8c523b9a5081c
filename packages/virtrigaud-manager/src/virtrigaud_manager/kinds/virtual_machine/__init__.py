"""How a VirtualMachine is kept as it is described."""
