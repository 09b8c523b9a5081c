# the provider, the class and the image are there
# a VirtualMachine with hooks is applied
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart failed, and is passed over: it took longer than 50ms
settled: On, 2 CPUs, 4096 MiB
# it is switched off
run preStop of machine vm-1
await preStop
preStop failed, and is passed over: it took longer than 50ms
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
