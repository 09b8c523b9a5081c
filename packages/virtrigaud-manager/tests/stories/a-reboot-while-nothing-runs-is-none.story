# the provider, the class and the image are there
# a VirtualMachine is applied that stays off
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: Off, 2 CPUs, 4096 MiB
# a reboot is asked for
settled: Off, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
# the same reboot is asked for
settled: On, 2 CPUs, 4096 MiB
