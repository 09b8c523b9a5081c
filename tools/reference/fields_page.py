"""The page of all fields that machines are described by: every leaf, and who honours or refuses it.

One table for each kind, from the same table as the kinds' own pages. Called by `__main__`.
"""

from collections.abc import Iterator
from typing import Any, Final

from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KubeObject, Provider, VirtualMachine, VMClass, VMImage, VMNetworkAttachment

from tools.reference.honoured import Honours
from tools.reference.kind_page import Field, fields_of
from tools.reference.markdown import cell, table

KINDS: Final[tuple[type[KubeObject], ...]] = (VirtualMachine, VMClass, VMImage, VMNetworkAttachment, Provider)
_LEAD: Final = """# Who does what a field asks for

Every field that a machine, or what it is made of, can be described by. A field is honoured by the manager, by a
provider (`yes`), or kept for people; it is `refused` with a condition that names it where it can't be had, and
never ignored. The tests of each provider and of the manager compare this page with what they do."""


def fields_page(honours: Honours) -> str:
    """Write the page."""
    head = ("field", *honours.providers, "remark")
    parts = [_LEAD]
    for kind in KINDS:
        parts += [f"## {kind.names.kind}", table(head, _rows(kind, honours))]
    return "\n\n".join(parts) + "\n"


def leaves_of(kind: type[KubeObject]) -> Iterator[Field]:
    """Yield the fields of a kind's spec that have no fields below them."""
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    schema: Any = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    every = [field for field in fields_of(schema) if field.path]
    paths = [field.path for field in every]
    for field in every:
        below = (f"{field.path}.", f"{field.path}[].", f"{field.path}{{}}.")
        if not any(path.startswith(below) for path in paths):
            yield field


def _rows(kind: type[KubeObject], honours: Honours) -> Iterator[tuple[str, ...]]:
    for field in leaves_of(kind):
        answers = honours.by_provider(kind.names.kind, field.path)
        remark = honours.note_on(kind.names.kind, field.path)
        yield (f"`{field.path}`", *answers, cell(remark))
