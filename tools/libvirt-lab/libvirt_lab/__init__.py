"""A private libvirtd with QEMU for tests and the demo, apart from any libvirtd of the machine."""
