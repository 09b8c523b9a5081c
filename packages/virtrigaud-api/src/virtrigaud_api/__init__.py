"""The contract of VirtRigaud.

`v1beta1` is what users write, `crd` turns it into CustomResourceDefinitions, `contract` is what
providers hear, and `wire` carries the contract over gRPC. `v1beta1` and `contract` never import
each other, so that a new API version touches no provider.
"""
