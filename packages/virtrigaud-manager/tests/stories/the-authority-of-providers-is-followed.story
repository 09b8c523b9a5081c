# a Provider is applied whose certificates the manager issues
Provider: add the finalizer
Provider: apply Service default/virtrigaud-provider-default-lab
Provider: apply NetworkPolicy default/virtrigaud-provider-default-lab
Provider: see to the authority of providers: there is none that can be used
Provider: issue the manager's certificate: there is none that can be used
Provider: issue the provider's certificate: there is none that can be used
Provider: apply Deployment default/virtrigaud-provider-default-lab
Provider: wait for the provider's process
Provider: wait for the provider's process
# its pod answers
Provider: check the health of the hypervisor
Provider: settled
# 2400 days later
Provider: see to the authority of providers: two thirds of its life are over
Provider: issue the manager's certificate: whom to trust has changed
Provider: issue the provider's certificate: whom to trust has changed
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: check the health of the hypervisor
Provider: settled
Provider: settled
# a day later
Provider: see to the authority of providers: the next one is trusted everywhere
Provider: issue the manager's certificate: whom to trust has changed
Provider: issue the provider's certificate: whom to trust has changed
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: check the health of the hypervisor
Provider: settled
Provider: settled
# somebody deletes the authority
Provider: see to the authority of providers: there is none that can be used
Provider: issue the manager's certificate: whom to trust has changed
Provider: issue the provider's certificate: whom to trust has changed
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: settled
Provider: settled
