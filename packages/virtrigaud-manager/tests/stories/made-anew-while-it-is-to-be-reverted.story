# the provider, the class and the image are there
# a VirtualMachine is applied that stays off
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: Off, 2 CPUs, 4096 MiB
# a snapshot is taken
# somebody removes the machine on the hypervisor
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12, because vm-1 is not there any more
settled: Off, 2 CPUs, 4096 MiB
# it is to be as it was, and run
note: the machine is Off and is to be reverted to VMSnapshot default/before
revert machine vm-2 to snapshot before of VMSnapshot default/before
# somebody removes the machine on the hypervisor
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12, because vm-2 is not there any more
revert machine vm-3 to snapshot before of VMSnapshot default/before
