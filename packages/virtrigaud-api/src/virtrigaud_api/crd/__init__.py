"""From the models of v1beta1 to CustomResourceDefinitions that a cluster enforces.

`python -m virtrigaud_api.crd` writes them into the chart. Nothing here is imported by a running manager.
"""
