# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# its disk shall be larger
reconfigure machine vm-1: disks changed
settled: On, 2 CPUs, 4096 MiB, restart pending
# it is switched off
power off machine vm-1: On, wanted Off
put machine vm-1 right: disk data of 2 GiB, wanted 4 GiB (spec.disks[data].sizeGiB)
settled: Off, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
