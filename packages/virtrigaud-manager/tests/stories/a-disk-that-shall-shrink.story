# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# its disk shall be smaller
reconfigure machine vm-1: disks changed
# its owner thinks better of it
settled: On, 2 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
