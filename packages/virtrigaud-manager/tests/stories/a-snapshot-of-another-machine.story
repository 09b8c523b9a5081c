# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# there is a snapshot of another
# it is to be as that was
refuse the spec: spec.snapshot.revertToRef: VMSnapshot default/before is a snapshot of VirtualMachine default/other
# a VirtualMachine is applied
settled: On, 2 CPUs, 4096 MiB
