# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# the image has another source
settled: On, 2 CPUs, 4096 MiB
# somebody removes the machine
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-13, because vm-1 is not there any more
settled: On, 2 CPUs, 4096 MiB
# its owner looks
# it is deleted
delete machine vm-2
remove the finalizer: the machine is not there
