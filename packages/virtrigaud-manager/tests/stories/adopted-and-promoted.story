# the provider is there
adoption is off
# a machine web is there
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
# it is promoted
add the finalizer
settled: Off, 1 CPU, 512 MiB
# it is started
power on machine vm-1: Off, wanted On
settled: On, 1 CPU, 512 MiB, 10.0.0.1
# it grows
reconfigure machine vm-1: 1 CPU, 512 MiB, wanted 1 CPU, 1024 MiB
settled: On, 1 CPU, 1024 MiB
# adoption is switched off
settled: On, 1 CPU, 1024 MiB
adoption is off
# it shall go with its object
settled: On, 1 CPU, 1024 MiB
# its object is deleted
delete machine vm-1
remove the finalizer: the machine is not there
adoption is off
