# the provider is there
adoption is off
# a class of its size is there
# a machine web is there
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class tiny, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
