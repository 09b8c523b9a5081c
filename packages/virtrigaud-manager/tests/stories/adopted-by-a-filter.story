# the provider is there
adoption is off
# a machine web-1 is there
# a machine web-2 is there
# a machine db-1 is there
# two CPUs in a folder are wanted
adopt machine vm-1 as VirtualMachine default/web-1 of class adopted-2cpu-512mb that is made for it, to observe it
settled: Off, 2 CPUs, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 2 left alone
# everything that is called web is wanted
adopt machine vm-2 as VirtualMachine default/web-2 of class adopted-2cpu-512mb, to observe it
settled: Off, 2 CPUs, 512 MiB
machines: 2 with a VirtualMachine, 0 to be adopted, 1 left alone
