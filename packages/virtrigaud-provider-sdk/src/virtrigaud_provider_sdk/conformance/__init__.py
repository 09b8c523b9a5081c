"""The conformance suite: proves that a provider keeps the port's promises, by address or by object.

Run `pytest --pyargs virtrigaud_provider_sdk.conformance` with `--provider-address` or `--provider-object`;
`plugin` says which options there are, `specimens` which machines are made, `suite` what must hold.
"""
