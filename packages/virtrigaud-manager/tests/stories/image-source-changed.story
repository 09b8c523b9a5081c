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
# the image gets another source
VMImage debian: announce image default.debian-b158b6b11adf on Provider default/lab
settled: On, 2 CPUs, 4096 MiB
VMImage debian: import image default.debian-b158b6b11adf on Provider default/lab
VMImage debian: settled: Provider default/lab
settled: On, 2 CPUs, 4096 MiB
# a second VirtualMachine is applied
add the finalizer
create and start machine two on Provider default/lab: 2 CPUs, 4096 MiB, image default.debian-b158b6b11adf
settled: On, 2 CPUs, 4096 MiB
VMImage debian: settled: Provider default/lab
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMImage debian: delete image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: settled: Provider default/lab
# the second VirtualMachine is deleted
delete machine vm-2
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: settled: nobody needs it
