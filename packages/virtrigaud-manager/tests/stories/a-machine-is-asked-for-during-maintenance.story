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
# the Provider is put into maintenance
Provider: settled
# a VirtualMachine is applied
add the finalizer
wait: Provider default/lab is in maintenance; put off: create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
Provider: settled
# the maintenance ends
Provider: settled
create and start machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12
settled: On, 2 CPUs, 4096 MiB
