"""Starting a case: the processes a person may start, each with its first form."""
