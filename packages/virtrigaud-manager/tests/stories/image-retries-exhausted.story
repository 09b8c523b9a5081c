# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# the next two imports will fail
# a VirtualMachine is applied
wait: VMImage default/debian is not on Provider default/lab yet
VMImage debian: add the finalizer
VMImage debian: announce image default.debian-091ae09e4523 on Provider default/lab
VMClass small: add the finalizer
wait: VMImage default/debian is not ready on Provider default/lab yet: it will be imported
VMImage debian: import image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: wait: Provider default/lab: the import failed, and is tried again (1 of 2 attempts): cannot prepare image: this failure was ordered
wait: VMImage default/debian is not ready on Provider default/lab yet: the import failed, and is tried again (1 of 2 attempts): cannot prepare image: this failure was ordered
# ten seconds pass
VMImage debian: import image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: wait: Provider default/lab: the import failed: cannot prepare image: this failure was ordered
wait: VMImage default/debian is not ready on Provider default/lab yet: the import failed: cannot prepare image: this failure was ordered
# an hour passes
VMImage debian: wait: Provider default/lab: the import failed: cannot prepare image: this failure was ordered
# the image gets another source
VMImage debian: announce image default.debian-b158b6b11adf on Provider default/lab
wait: VMImage default/debian is not ready on Provider default/lab yet: it will be imported
VMImage debian: import image default.debian-b158b6b11adf on Provider default/lab
VMImage debian: delete image default.debian-091ae09e4523 on Provider default/lab
VMImage debian: settled: Provider default/lab
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image default.debian-b158b6b11adf
settled: On, 2 CPUs, 4096 MiB
VMImage debian: settled: Provider default/lab
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: settled: nobody needs it
