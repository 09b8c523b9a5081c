"""ClusterRoles that are the sum of others: their rules follow those that carry the labels they ask for."""

from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import CLUSTER_ROLES
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Stored
from virtrigaud_localkube.watch.selectors import structured_labels


async def aggregate_cluster_roles(store: Store) -> bool:
    """Gives every aggregating ClusterRole the rules of the roles that it selects; tells whether any changed."""
    has_changed = False
    for stored in list(store.objects(CLUSTER_ROLES)):
        role = stored.document()
        if not role.get("aggregationRule"):
            continue
        rules = _sum(store, stored, role)
        if rules != (role.get("rules") or []) and store.latest(stored.key) is stored:
            await store.put(stored.key, role | {"rules": rules})
            has_changed = True
    return has_changed


def _sum(store: Store, of: Stored, role: Document) -> list[Document]:
    selectors = [structured_labels(one) for one in role["aggregationRule"].get("clusterRoleSelectors") or ()]
    rules: list[Document] = []
    for stored in store.objects(CLUSTER_ROLES):
        is_selected = any(all(asks(stored.labels) for asks in selector) for selector in selectors)
        if is_selected and stored.key != of.key:
            rules += [rule for rule in stored.document().get("rules") or () if rule not in rules]
    return rules
