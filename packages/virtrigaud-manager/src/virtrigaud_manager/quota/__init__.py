"""Quotas of machines, CPUs, memory and disk, as Kubernetes' ResourceQuota states them for a namespace."""
