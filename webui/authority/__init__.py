"""Authority to negotiate: the pages on which it is granted and ended."""
