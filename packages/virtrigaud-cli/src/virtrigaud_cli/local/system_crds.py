"""The CustomResourceDefinitions of the installed virtrigaud-api, applied to an API server.

Generated from the models at run time, so that an installed wheel needs no YAML files. Called when the local
system starts.
"""

from collections.abc import Iterator

from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KINDS

from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import CUSTOM_RESOURCE_DEFINITION


def apply_crds(api: BlockingApi) -> Iterator[str]:
    """Apply them one by one; yields the name of each that is in place."""
    for kind in KINDS:
        document = custom_resource_definition(kind)
        api.apply(CUSTOM_RESOURCE_DEFINITION, document)
        yield str(document["metadata"]["name"])
