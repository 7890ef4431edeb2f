"""A demo company: its units and people, its customers, and forty leads that have really run through the process.

The stories are the YAML files beside this module; they are the same everywhere. Only the passwords are made up on the
machine that seeds them.
"""
