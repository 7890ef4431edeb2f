"""What developers run from the Makefile; not part of the product."""
