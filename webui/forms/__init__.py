"""Forms from JSON Schema and UI schema: what a person sees, and what was posted."""
