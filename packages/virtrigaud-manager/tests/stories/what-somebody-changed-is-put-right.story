# the provider, the class, the image, two networks and a Secret are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody halves its CPUs
put machine vm-1 right: 1 CPU, wanted 2 (VMClass default/small spec.cpu)
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody takes a disk out
put machine vm-1 right: no disk data, wanted 2 GiB (spec.disks[data])
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody connects it elsewhere
put machine vm-1 right: lan on network wild, model virtio, vlan 7, wanted network default, model virtio, vlan none (spec.networks[lan])
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody takes a network interface out
put machine vm-1 right: no network interface dmz, wanted one on network dmz, model virtio, vlan none (spec.networks[dmz])
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody tags it
put machine vm-1 right: tags red, wanted tags blue (spec.tags)
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody moves it
put machine vm-1 right: on rack-9, wanted rack-1 (spec.placement.host)
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# somebody switches it off
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB, 10.0.0.1, 10.1.0.1
# it is deleted
delete machine vm-1
remove the finalizer: the machine is not there
