"""Writes the project of a provider, and proves one: `python -m virtrigaud_provider_sdk.scaffold`.

`vrtg provider init` and `vrtg provider verify` start it. The files of a project are in `template`.
"""
