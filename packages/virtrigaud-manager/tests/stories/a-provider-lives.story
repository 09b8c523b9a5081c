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
# the machine is deleted
delete machine vm-1
remove the finalizer: the machine is not there
Provider: settled
# the Provider is deleted
Provider: remove the finalizer: nobody refers to it
