# the provider is there
adoption is off
# a machine web is there
# a dry run is asked for
machines: 0 with a VirtualMachine, 1 to be adopted, 0 left alone
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
# its object is deleted
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
