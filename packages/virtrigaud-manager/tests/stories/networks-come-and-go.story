# the provider, the class, the image, two networks and a Secret are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
# it is given another network interface
reconfigure machine vm-1: networks changed
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# the first one is taken away
reconfigure machine vm-1: networks changed
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
# its network moves to another bridge
reconfigure machine vm-1: networks changed
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
# it is given a hardware address
reconfigure machine vm-1: networks changed
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
