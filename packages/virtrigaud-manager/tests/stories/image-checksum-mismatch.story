# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# the bytes will not match the checksum
# a VirtualMachine is applied
wait: VMImage default/debian is not on Provider default/lab yet
VMImage debian: add the finalizer
VMImage debian: announce image default.debian-6542f2d9fbfc on Provider default/lab
VMClass small: add the finalizer
wait: VMImage default/debian is not ready on Provider default/lab yet: it will be imported
VMImage debian: import image default.debian-6542f2d9fbfc on Provider default/lab
VMImage debian: wait: Provider default/lab: the import failed: cannot prepare image: this failure was ordered
wait: VMImage default/debian is not ready on Provider default/lab yet: the import failed: cannot prepare image: this failure was ordered
# an hour passes
VMImage debian: wait: Provider default/lab: the import failed: cannot prepare image: this failure was ordered
# the checksum is corrected
VMImage debian: announce image default.debian-542528cbb017 on Provider default/lab
wait: VMImage default/debian is not ready on Provider default/lab yet: it will be imported
VMImage debian: import image default.debian-542528cbb017 on Provider default/lab
VMImage debian: delete image default.debian-6542f2d9fbfc on Provider default/lab
VMImage debian: settled: Provider default/lab
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image default.debian-542528cbb017
settled: On, 2 CPUs, 4096 MiB
VMImage debian: settled: Provider default/lab
# the VirtualMachine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
VMClass small: remove the finalizer: nobody uses it
VMImage debian: settled: nobody needs it
