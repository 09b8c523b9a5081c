# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# the provider is cut off
wait: connection refused
# it is deleted
wait: connection refused
# the user gives it up
remove the finalizer: forced, although connection refused
