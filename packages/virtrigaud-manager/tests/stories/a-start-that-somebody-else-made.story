# the provider, the class and the image are there
# a VirtualMachine with hooks is applied that stays off
add the finalizer
create machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: Off, 2 CPUs, 4096 MiB
# somebody starts it on the hypervisor, and it is switched off
run preStop of machine vm-1
await preStop
preStop ended well
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
# it is started
power on machine vm-1: Off, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
# it crashes, and is started again
note: the machine is Crashed and is to be started
power on machine vm-1: Crashed, wanted On
run postStart of machine vm-1
settled: On, 2 CPUs, 4096 MiB
postStart ended well
settled: On, 2 CPUs, 4096 MiB
