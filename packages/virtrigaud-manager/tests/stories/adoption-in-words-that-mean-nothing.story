# the provider is there
adoption is off
# a machine web is there
# the filter is no JSON
refuse: virtrigaud.io/adopt-filter: the text: Invalid JSON: expected ident at line 1 column 2
# adoption is switched on
adopt machine vm-1 as VirtualMachine default/web of class adopted-1cpu-512mb that is made for it, to observe it
settled: Off, 1 CPU, 512 MiB
machines: 1 with a VirtualMachine, 0 to be adopted, 0 left alone
