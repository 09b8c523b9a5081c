# the provider, the class and the image are there
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# it is given hooks
settled: On, 2 CPUs, 4096 MiB
# it is switched off
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
# its hooks are taken away
settled: On, 2 CPUs, 4096 MiB
# it is switched off
power off machine vm-1: On, wanted Off
settled: Off, 2 CPUs, 4096 MiB
