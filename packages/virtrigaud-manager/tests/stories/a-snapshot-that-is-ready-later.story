# the provider, the class and the image are there
# a VirtualMachine is applied that is to be reverted
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
wait: VMSnapshot default/before does not exist
# a snapshot is being taken
wait: VMSnapshot default/before is not ready
# it is taken
power off machine vm-1: On, wanted the state of a snapshot
note: the machine is Off and is to be reverted to VMSnapshot default/before
revert machine vm-1 to snapshot before of VMSnapshot default/before
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
