"""The keys of the receipts in `status.provider`: what a step left there because nobody can observe it again.

`receipts` writes them; what reads them is part of the observation.
"""

from virtrigaud_api.v1beta1 import keys

RECEIPT_PROVIDER = f"{keys.KEY_DOMAIN}/provider"
"""Key in `status.provider`: the Provider on which the machine was made, as namespace/name."""

RECEIPT_SPEC = f"{keys.KEY_DOMAIN}/applied-spec"
"""Key in `status.provider`: the digest of the spec that the provider took last."""

RECEIPT_REBOOT = keys.ANNOTATION_REBOOT
"""Key in `status.provider`: the nonce of the last reboot that was carried out."""

RECEIPT_RESTART = f"{keys.KEY_DOMAIN}/restart"
"""Key in `status.provider`: which half of a restart is under way."""

RECEIPT_RESTARTED_FOR = f"{keys.KEY_DOMAIN}/restarted-for"
"""Key in `status.provider`: the digest of the spec for whose change the machine was restarted last."""

RECEIPT_POWER = f"{keys.KEY_DOMAIN}/reached-power"
"""Key in `status.provider`: the wanted power state that was reached last, where drift of it is only reported."""

RECEIPT_ORIGIN = f"{keys.KEY_DOMAIN}/origin"
"""Key in `status.provider`: what the machine was made from, and what its guest was told, as digests."""

RECEIPT_REVERTING = f"{keys.KEY_DOMAIN}/reverting"
"""Key in `status.provider`: the uid of the VMSnapshot that the stopped machine is being reverted to."""

RECEIPT_REVERTED = f"{keys.KEY_DOMAIN}/reverted"
"""Key in `status.provider`: the uid of the VMSnapshot that the machine was reverted to, as long as it is asked for."""

RECEIPT_IMAGE = f"{keys.KEY_DOMAIN}/image"
"""Key in `status.provider`: the import of a VMImage that the machine rests on, as namespace/name/import."""

RECEIPT_IMAGE_ID = f"{keys.KEY_DOMAIN}/image-id"
"""Key in `status.provider`: the hypervisor's name for that import."""

RECEIPT_IMAGE_PATH = f"{keys.KEY_DOMAIN}/image-path"
"""Key in `status.provider`: where that import is."""

IMAGE_RECEIPTS = frozenset({RECEIPT_IMAGE, RECEIPT_IMAGE_ID, RECEIPT_IMAGE_PATH})

RECEIPT_PRE_STOP = f"{keys.KEY_DOMAIN}/pre-stop"
"""Key in `status.provider`: the hook before the stop that is under way was run."""

RECEIPT_POST_START = f"{keys.KEY_DOMAIN}/post-start"
"""Key in `status.provider`: whether the hook after the last or the next start is due, or was run."""

RECEIPTS = IMAGE_RECEIPTS | {
    RECEIPT_PROVIDER,
    RECEIPT_SPEC,
    RECEIPT_REBOOT,
    RECEIPT_RESTART,
    RECEIPT_RESTARTED_FOR,
    RECEIPT_POWER,
    RECEIPT_ORIGIN,
    RECEIPT_REVERTING,
    RECEIPT_REVERTED,
    RECEIPT_PRE_STOP,
    RECEIPT_POST_START,
}
