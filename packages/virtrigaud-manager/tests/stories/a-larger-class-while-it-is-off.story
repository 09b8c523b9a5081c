# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is switched off
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
# its class grows
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 4 CPUs, 4096 MiB
settled: Off, 4 CPUs, 4096 MiB
# a VirtualMachine is applied
power on machine vm-1: Off, wanted On
settled: On, 4 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
