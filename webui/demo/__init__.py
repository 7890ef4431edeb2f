"""A demo company: units, people, customers, leads, opportunities and contracts that have really run.

The stories are the YAML files beside this module; they are the same everywhere. Only the passwords are made up on the
machine that seeds them.
"""
