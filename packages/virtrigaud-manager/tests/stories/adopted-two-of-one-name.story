# the provider is there
adoption is off
# a machine Web is there
# a machine web is there
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
adopt machine vm-2 as VirtualMachine default/web-5383aed7 of class adopted-1cpu-512mb, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 2 with a VirtualMachine, 0 to be adopted, 0 left alone
