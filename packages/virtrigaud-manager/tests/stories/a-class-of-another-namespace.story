# the provider, the class and the image are there
# a class is there that only others may use
# a VirtualMachine is applied
wait: VMClass infra/shared does not allow namespace default; add it to its spec.allowedNamespaces
# its namespace is allowed
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# its namespace is not allowed any more
wait: VMClass infra/shared does not allow namespace default; add it to its spec.allowedNamespaces
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
