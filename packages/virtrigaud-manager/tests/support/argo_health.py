"""Argo CD's view of an object: the script that is shipped for it, run by a real Lua interpreter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from lupa.lua54 import LuaRuntime

CONFIG_MAP = Path(__file__).resolve().parents[4] / "deploy" / "argocd" / "argocd-cm.yaml"
EVERY_KIND = "infra.virtrigaud.io/*"


def script() -> str:
    """Return the script for the objects of VirtRigaud."""
    customizations = yaml.safe_load(CONFIG_MAP.read_text())["data"]["resource.customizations"]
    found: str = yaml.safe_load(customizations)[EVERY_KIND]["health.lua"]
    return found


def argo_health_of(document: Mapping[str, Any]) -> tuple[str, str]:
    """Return the health of an object, and the message beside it."""
    lua = LuaRuntime()
    lua.globals().obj = _table(lua, document)
    health = lua.execute(script())
    return health["status"], health["message"]


def _table(lua: Any, value: Any) -> Any:
    match value:
        case Mapping():
            return lua.table_from({name: _table(lua, child) for name, child in value.items()})
        case list() | tuple():
            return lua.table_from([_table(lua, child) for child in value])
        case _:
            return value
