# a VirtualMachine is applied
wait: Provider default/lab does not exist; VMClass default/small does not exist; VMImage default/debian does not exist
# the provider, the class and the image are there
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
