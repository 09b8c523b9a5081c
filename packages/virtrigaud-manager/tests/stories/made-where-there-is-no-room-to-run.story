# the provider, the class and the image are there
# a machine of somebody else takes 2 of 3 CPUs
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power on machine vm-2: Off, wanted On
# it is looked at again
power on machine vm-2: Off, wanted On
# that machine is switched off
power on machine vm-2: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
