"""Where the manager itself is, as far as what it makes for Providers depends on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """The manager's own place.

    Attributes:
        namespace: The namespace of the manager, where it keeps what belongs to no Provider.
        pod_labels: By which its own pods are found; empty outside of a cluster, or where they are not known.
    """

    namespace: str
    pod_labels: tuple[tuple[str, str], ...] = ()

    @property
    def has_pods(self) -> bool:
        """Tell whether the manager can be told from other pods."""
        return bool(self.pod_labels)
