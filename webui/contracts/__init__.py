"""Contracts as people read them: the list, one contract with everything known of it, receivables, payments."""
