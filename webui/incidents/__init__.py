"""Background work that failed and waits for an administrator."""
