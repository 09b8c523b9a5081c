# the provider is there
adoption is off
# another VirtualMachine has the name
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
# a machine web is there
# adoption is switched on
settled: On, 2 CPUs, 4096 MiB
adopt machine vm-2 as VirtualMachine default/web-5383aed7 of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 2 with a VirtualMachine, 0 to be adopted, 0 left alone
