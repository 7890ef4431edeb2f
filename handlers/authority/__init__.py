"""Who may agree to what with a customer: authority is granted in writing, for a time, and its exercise is checked."""
