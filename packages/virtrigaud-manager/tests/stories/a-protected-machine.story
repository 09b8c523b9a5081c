# the provider, the class and the image are there
# a protected VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is deleted
wait: spec.deletionProtection is true, so the machine stays; set it to false to let it go
# its protection is taken off
delete machine vm-1
remove the finalizer: the machine is not there
