"""Where every line of the method lives in the product: the page for process owners, and ``ltc trace``."""
