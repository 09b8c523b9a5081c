# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# a snapshot is taken with the memory
# it is switched off
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
# it is to be as it was, and off
note: the machine is Off and is to be reverted to VMSnapshot default/before
revert machine vm-1 to snapshot before of VMSnapshot default/before
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 2 CPUs, 4096 MiB
# another snapshot is taken with the memory
# it is to be as it was then
power off machine vm-1: On, wanted the state of a snapshot
note: the machine is Off and is to be reverted to VMSnapshot default/later
revert machine vm-1 to snapshot later of VMSnapshot default/later
settled: On, 2 CPUs, 4096 MiB
