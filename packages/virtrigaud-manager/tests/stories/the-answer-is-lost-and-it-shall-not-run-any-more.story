# the provider, the class and the image are there
# the next answer will be lost
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
# it shall be off
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
