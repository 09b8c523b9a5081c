"""The reference in docs/reference: generated from the models, the error taxonomy and the tables of who does what.

`python -m tools.reference` writes it, `--check` fails when it is not up to date.
"""
