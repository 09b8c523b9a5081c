# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is given more memory
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 2 CPUs, 8192 MiB
settled: On, 2 CPUs, 8192 MiB
# it is shut down
shut down machine vm-1: On, wanted OffGraceful
settled: Off, 2 CPUs, 8192 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 8192 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
