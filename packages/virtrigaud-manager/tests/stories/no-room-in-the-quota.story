# a quota allows 3 virtual CPUs
# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# another machine is applied
wait: ResourceQuota team allows 3 virtual CPUs (virtrigaud.io/vcpus): 2 used, 2 asked for
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
add the finalizer
create and start machine late on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# the other one is deleted
delete machine vm-2
remove the finalizer: the machine is not there
