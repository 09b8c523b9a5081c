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
# its credentials change
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: settled
Provider: settled
