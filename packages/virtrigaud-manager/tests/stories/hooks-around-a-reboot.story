# the provider, the class and the image are there
# a VirtualMachine with hooks is applied
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
# a reboot is asked for
note: restart the machine: a reboot was asked for
run preStop of machine vm-1
await preStop
preStop ended well
shut down machine vm-1: On, wanted a restart
note: the machine is Off and is to be started again
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
