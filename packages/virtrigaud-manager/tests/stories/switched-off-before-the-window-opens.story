# the provider, the class and the image are there
# a VirtualMachine is applied on a Saturday
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is given more CPUs
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 4 CPUs, 4096 MiB
settled: On, 2 CPUs, 4096 MiB, restart pending
# it is shut down
shut down machine vm-1: On, wanted OffGraceful
settled: Off, 4 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 4 CPUs, 4096 MiB
