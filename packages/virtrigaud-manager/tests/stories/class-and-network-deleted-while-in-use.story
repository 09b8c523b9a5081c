# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
VMImage debian: add the finalizer
VMImage debian: settled: Provider default/lab
VMClass small: add the finalizer
VMNetworkAttachment lan: add the finalizer
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
# class and network are deleted
VMClass small: wait: in use by VirtualMachine default/web
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
VMNetworkAttachment lan: wait: in use by VirtualMachine default/web
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: remove the finalizer: nobody uses it and nothing was imported
VMImage debian: settled: nobody needs it
VMNetworkAttachment lan: remove the finalizer: nobody uses it
VMImage debian: settled: nobody needs it
