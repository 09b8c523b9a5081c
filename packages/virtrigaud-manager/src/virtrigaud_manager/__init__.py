"""The VirtRigaud operator: reconciles virtual machines through remote providers."""
