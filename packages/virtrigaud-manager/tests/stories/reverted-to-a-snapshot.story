# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# a snapshot is taken
# it is given more memory
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 2 CPUs, 8192 MiB
settled: On, 2 CPUs, 8192 MiB
# it is to be as it was
power off machine vm-1: On, wanted the state of a snapshot
note: the machine is Off and is to be reverted to VMSnapshot default/before
revert machine vm-1 to snapshot before of VMSnapshot default/before
put machine vm-1 right: 4096 MiB, wanted 8192 MiB (spec.resources.memoryMiB)
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 8192 MiB
# it is looked at again
settled: On, 2 CPUs, 8192 MiB
# nothing is asked for any more
settled: On, 2 CPUs, 8192 MiB
# it is to be as it was again
power off machine vm-1: On, wanted the state of a snapshot
note: the machine is Off and is to be reverted to VMSnapshot default/before
revert machine vm-1 to snapshot before of VMSnapshot default/before
put machine vm-1 right: 4096 MiB, wanted 8192 MiB (spec.resources.memoryMiB)
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 8192 MiB
