"""Machines on libvirt and QEMU/KVM for VirtRigaud."""
