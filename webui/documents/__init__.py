"""Documents of a record: as a page made for printing, and as PDF."""
