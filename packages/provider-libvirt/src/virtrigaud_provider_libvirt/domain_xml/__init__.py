"""libvirt's domain documents: written from a `MachineSpec`, read into a `MachineDocument`.

Pure: no connection, no file. One device, one module. Called by create, reconfigure and inventory.
Format: https://libvirt.org/formatdomain.html
"""
