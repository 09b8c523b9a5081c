# a Provider with two pods is applied
Provider: add the finalizer
Provider: apply Service default/virtrigaud-provider-default-lab
Provider: apply NetworkPolicy default/virtrigaud-provider-default-lab
Provider: apply PodDisruptionBudget default/virtrigaud-provider-default-lab
Provider: apply Deployment default/virtrigaud-provider-default-lab
Provider: wait for the provider's process
Provider: wait for the provider's process
# both answer
Provider: check the health of the hypervisor
Provider: settled
# one is enough
Provider: delete PodDisruptionBudget default/virtrigaud-provider-default-lab
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: settled
Provider: settled
