"""Write a VirtRigaud provider: serve one port over mutual TLS, prove it with a conformance suite."""
