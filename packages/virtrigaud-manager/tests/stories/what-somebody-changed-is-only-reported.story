# the provider, the class, the image, two networks and a Secret are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody halves its CPUs
settled: On, 1 CPU, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody takes a disk out
settled: On, 1 CPU, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody connects it elsewhere
settled: On, 1 CPU, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody takes a network interface out
settled: On, 1 CPU, 4096 MiB, 10.0.0.1
# somebody tags it
settled: On, 1 CPU, 4096 MiB, 10.0.0.1
# somebody moves it
settled: On, 1 CPU, 4096 MiB, 10.0.0.1
# somebody switches it off
settled: Off, 1 CPU, 4096 MiB
# its owner asks for other tags
reconfigure machine vm-1: tags changed
settled: Off, 1 CPU, 4096 MiB
# its owner has all of it put right
put machine vm-1 right: 1 CPU, wanted 2 (VMClass default/small spec.cpu); lan on network wild, model virtio, vlan 7, wanted network default, model virtio, vlan none (spec.networks[lan]); no network interface dmz, wanted one on network dmz, model virtio, vlan none (spec.networks[dmz])
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
