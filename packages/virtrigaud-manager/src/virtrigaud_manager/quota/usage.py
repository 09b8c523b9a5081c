"""What is used of a ResourceQuota, for people: `status.used` of the things that only the manager can count.

Kubernetes' own controller counts objects and keeps what others wrote beside it. Where it has never looked, as
on an embedded API server, the manager counts the objects too. Nothing decides by these numbers.
"""

from collections.abc import Mapping

import structlog

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.cluster.store import ClusterError, GoneError, RefusedError, Store
from virtrigaud_manager.look_again import FAILED_PASS, NEVER, LookAgain
from virtrigaud_manager.quota.amounts import Amounts, Limited, spelled

log = structlog.get_logger("quota")


def usage_of(quota: QuotaSeen, used: Amounts) -> Mapping[str, str]:
    """Return what has to be written; nothing where the status says it already."""
    counted = (limited for limited in Limited if limited is not Limited.MACHINES or not quota.is_counted)
    told = {limited.value: spelled(limited, used.of(limited)) for limited in counted if limited.value in quota.hard}
    return {name: amount for name, amount in told.items() if quota.used.get(name) != amount}


async def tell_usage(store: Store, key: ObjectKey) -> LookAgain:
    """Write what is used of one ResourceQuota, where that is news."""
    quota = store.quota(key)
    if quota is None:
        return NEVER
    news = usage_of(quota, store.claims_in(key.namespace).taken)
    if not news:
        return NEVER
    try:
        await store.write_usage(quota, news)
    except GoneError:
        return NEVER
    except RefusedError as error:
        log.warning("what is used of a quota can't be told", quota=key.path, error=str(error))
        return NEVER
    except ClusterError as error:
        log.warning("what is used of a quota is told later", quota=key.path, error=str(error))
        return FAILED_PASS
    return NEVER
