# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is suspended
suspend machine vm-1: On, wanted Suspended
settled: Suspended, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Suspended, wanted On
settled: On, 2 CPUs, 4096 MiB
# it is suspended
suspend machine vm-1: On, wanted Suspended
settled: Suspended, 2 CPUs, 4096 MiB
# it is switched off
power off machine vm-1: Suspended, wanted Off
settled: Off, 2 CPUs, 4096 MiB
# it is suspended, which an off machine can't be
settled: Off, 2 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
