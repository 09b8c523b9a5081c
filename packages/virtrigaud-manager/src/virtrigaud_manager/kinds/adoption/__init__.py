"""Adoption: machines that were there before VirtRigaud get a VirtualMachine each, where a Provider asks for it."""
