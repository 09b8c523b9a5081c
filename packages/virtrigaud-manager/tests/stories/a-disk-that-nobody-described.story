# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# somebody plugs a disk in
settled: On, 2 CPUs, 4096 MiB
# its owner wants a disk too
reconfigure machine vm-1: disks changed
settled: On, 2 CPUs, 4096 MiB
# somebody makes it larger
settled: On, 2 CPUs, 4096 MiB
# its owner tags the machine
reconfigure machine vm-1: tags changed
settled: On, 2 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
