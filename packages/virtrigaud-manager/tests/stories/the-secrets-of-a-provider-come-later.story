# a Provider is applied
Provider: add the finalizer
Provider: apply Service default/virtrigaud-provider-default-lab
Provider: apply NetworkPolicy default/virtrigaud-provider-default-lab
Provider: wait: Secret default/lab-credentials does not exist; Secret default/lab-tls does not exist
Provider: wait: Secret default/lab-credentials does not exist; Secret default/lab-tls does not exist
# its Secrets are applied
Provider: apply Deployment default/virtrigaud-provider-default-lab
Provider: wait for the provider's process
Provider: wait for the provider's process
# its pod answers
Provider: check the health of the hypervisor
Provider: settled
