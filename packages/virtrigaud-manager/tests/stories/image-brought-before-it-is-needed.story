# the provider, the class and the image are there
VMImage debian: add the finalizer
VMImage debian: announce image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: import image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: settled: Provider default/lab
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image default.debian-091ae09e4523
settled: On, 2 CPUs, 4096 MiB
VMClass small: add the finalizer
VMImage debian: settled: Provider default/lab
# the VMImage is deleted
VMImage debian: wait: in use by VirtualMachine default/web
settled: On, 2 CPUs, 4096 MiB
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: delete image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: remove the finalizer: nothing rests on it
