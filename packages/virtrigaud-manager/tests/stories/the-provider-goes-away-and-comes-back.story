# the provider, the class and the image are there
# the provider is cut off
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
# the provider is back
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# the provider is cut off
wait: connection refused
# it is deleted
wait: connection refused
# the provider is back
delete machine vm-1
remove the finalizer: the machine is not there
