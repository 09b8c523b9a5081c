# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# a VirtualMachine is applied
wait: VMImage default/debian is not on Provider default/lab yet
VMImage debian: add the finalizer
VMImage debian: announce image default.debian-091ae09e4523 on Provider default/lab
VMClass small: add the finalizer
wait: VMImage default/debian is not ready on Provider default/lab yet: it will be imported
VMImage debian: import image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: settled: Provider default/lab
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image default.debian-091ae09e4523
settled: On, 2 CPUs, 4096 MiB
VMImage debian: settled: Provider default/lab
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: settled: nobody needs it
# the provider is cut off
# the VMImage is deleted
VMImage debian: delete image default.debian-091ae09e4523 on Provider default/lab
# the user gives the import up
VMImage debian: remove the finalizer: forced; left behind: default.debian-091ae09e4523 on Provider default/lab
