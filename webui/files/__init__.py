"""Files: uploaded at once, handed out only to people who may see their case."""
