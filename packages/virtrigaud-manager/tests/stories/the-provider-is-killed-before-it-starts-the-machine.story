# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
# it is looked at again
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
