# the provider is there
adoption is off
# a machine web is there
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
# somebody edits its object
settled: Off, 1 CPU, 512 MiB
# somebody switches it on at the hypervisor
settled: On, 1 CPU, 512 MiB, 10.0.0.1
# adoption is switched off
settled: On, 1 CPU, 512 MiB, 10.0.0.1
adoption is off
# its object is deleted
adoption is off
