# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# somebody switches it off on the hypervisor
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
# it crashes
power on machine vm-1: Crashed, wanted On
settled: On, 2 CPUs, 4096 MiB
# a reboot is asked for
note: restart the machine: a reboot was asked for
shut down machine vm-1: On, wanted a restart
note: the machine is Off and is to be started again
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
