"""Runs the provider Deployments of a local system as processes, as a kubelet would run their containers."""
