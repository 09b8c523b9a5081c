"""Maintenance of a hypervisor: as long as its Provider is marked so, it is only looked at. Pure."""

from virtrigaud_api.v1beta1 import Provider, keys


def in_maintenance(provider: Provider | None) -> bool:
    """Tell whether nothing may be changed on the hypervisor of a Provider."""
    return provider is not None and (
        provider.metadata.annotations.get(keys.ANNOTATION_MAINTENANCE) == keys.ANNOTATION_TRUE
    )
