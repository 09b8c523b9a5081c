"""The contract of VirtRigaud: Kubernetes kinds, the provider port and its wire."""
