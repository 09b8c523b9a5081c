"""Ignition configs: judged before a machine is made, and otherwise taken byte for byte.

Providers hand the bytes to the guest by whatever channel the hypervisor has (a firmware config item, guest
info, a config drive). A guest that can't read its config stops in its initramfs, where nobody looks.

Source: https://coreos.github.io/ignition/specs/
"""

import json

from virtrigaud_api.contract import InvalidSpec


def ignition_config(text: bytes) -> bytes:
    """Return the config unchanged.

    Raises:
        InvalidSpec: It is no JSON object with `ignition.version`. The message never quotes the text.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSpec("the Ignition config is not valid JSON (a Butane config must be translated first)") from None
    ignition = document.get("ignition") if isinstance(document, dict) else None
    version = ignition.get("version") if isinstance(ignition, dict) else None
    if not isinstance(version, str) or not version:
        raise InvalidSpec("the Ignition config has no ignition.version")
    return text
