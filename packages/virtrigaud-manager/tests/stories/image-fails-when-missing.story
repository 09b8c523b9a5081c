# the provider, the class and the image are there
VMImage debian: settled: nobody needs it
# a VirtualMachine is applied
wait: VMImage default/debian is not on Provider default/lab yet
VMImage debian: add the finalizer
VMImage debian: wait: Provider default/lab: image default.debian-091ae09e4523 is not there, and prepare.onMissing is Fail
VMClass small: add the finalizer
wait: VMImage default/debian is not ready on Provider default/lab yet: image default.debian-091ae09e4523 is not there, and prepare.onMissing is Fail
# the VMImage is deleted
VMImage debian: wait: in use by VirtualMachine default/web
wait: VMImage default/debian is not ready on Provider default/lab yet: image default.debian-091ae09e4523 is not there, and prepare.onMissing is Fail
# the VirtualMachine is deleted
VMClass small: remove the finalizer: nobody uses it
VMImage debian: remove the finalizer: nothing rests on it
