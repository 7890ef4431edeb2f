"""How the company sells: the definitions, reasons, roles and sayings of the method, for everybody."""
