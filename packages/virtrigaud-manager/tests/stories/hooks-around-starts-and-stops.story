# the provider, the class and the image are there
# a VirtualMachine with hooks is applied
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
# it is shut down
run preStop of machine vm-1
await preStop
preStop ended well
shut down machine vm-1: On, wanted OffGraceful
settled: Off, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
# it is suspended
suspend machine vm-1: On, wanted Suspended
settled: Suspended, 2 CPUs, 4096 MiB
# it goes on
power on machine vm-1: Suspended, wanted On
settled: On, 2 CPUs, 4096 MiB
# it is switched off
run preStop of machine vm-1
await preStop
preStop ended well
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
