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
# 59 days later
Provider: check the health of the hypervisor
Provider: settled
# a day later
Provider: issue the manager's certificate: two thirds of its life are over
Provider: issue the provider's certificate: two thirds of its life are over
Provider: check the health of the hypervisor
Provider: settled
Provider: settled
# somebody deletes the certificate of the provider
Provider: issue the provider's certificate: there is none that can be used
Provider: settled
Provider: settled
# the user brings a certificate
Provider: delete Secret default/virtrigaud-provider-default-lab-tls
Provider: update Deployment default/virtrigaud-provider-default-lab
Provider: settled
Provider: settled
