# a Provider and its Secrets are applied
Provider: add the finalizer
Provider: apply Service default/virtrigaud-provider-default-lab
Provider: apply NetworkPolicy default/virtrigaud-provider-default-lab
Provider: apply Deployment default/virtrigaud-provider-default-lab
Provider: wait for the provider's process
Provider: wait for the provider's process
# its pod answers
Provider: check the health of the hypervisor
Provider: settled
# a VirtualMachine is applied
add the finalizer
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
Provider: settled
# the Provider is put into maintenance
Provider: settled
settled: On, 2 CPUs, 4096 MiB
# the machine is to have more memory
wait: Provider default/lab is in maintenance; put off: reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 2 CPUs, 8192 MiB
# the maintenance ends
Provider: settled
reconfigure machine vm-1: 2 CPUs, 4096 MiB, wanted 2 CPUs, 8192 MiB
settled: On, 2 CPUs, 8192 MiB
# the Provider is put into maintenance
Provider: settled
settled: On, 2 CPUs, 8192 MiB
# the machine is deleted
wait: Provider default/lab is in maintenance; put off: delete machine vm-1
# the maintenance ends
Provider: settled
delete machine vm-1
remove the finalizer: the machine is not there
Provider: settled
