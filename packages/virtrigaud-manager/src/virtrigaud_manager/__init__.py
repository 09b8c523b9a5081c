"""The VirtRigaud operator: it keeps VirtualMachines as they are described, through remote providers."""
