# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is given more CPUs
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 4 CPUs, 4096 MiB
note: restart the machine: a change waits for it
shut down machine vm-1: On, wanted a restart
note: the machine is Off and is to be started again
power on machine vm-1: Off, wanted On
settled: On, 4 CPUs, 4096 MiB
# it is given more memory
reconfigure machine vm-1: 4 CPUs, 4096 MiB, wanted 4 CPUs, 8192 MiB
note: restart the machine: a change waits for it
shut down machine vm-1: On, wanted a restart
note: the machine is Off and is to be started again
power on machine vm-1: Off, wanted On
settled: On, 4 CPUs, 8192 MiB
