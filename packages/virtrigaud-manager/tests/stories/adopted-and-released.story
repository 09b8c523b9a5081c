# the provider is there
adoption is off
# a machine web is there
# adoption that manages is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to manage it
add the finalizer
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
# it is released
settled: Off, 1 CPU, 512 MiB
# somebody edits its object
settled: Off, 1 CPU, 512 MiB
# adoption is switched off
settled: Off, 1 CPU, 512 MiB
adoption is off
# its object is deleted
remove the finalizer: virtrigaud.io/release is set: the machine stays
adoption is off
