# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
VMImage debian: add the finalizer
VMImage debian: wait: Provider default/lab: image debian-12 does not exist there, and nothing says how to get it
VMClass small: add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
# somebody puts the image on the hypervisor
VMImage debian: settled: Provider default/lab
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: remove the finalizer: nobody uses it and nothing was imported
VMImage debian: settled: nobody needs it
VMImage debian: settled: nobody needs it
