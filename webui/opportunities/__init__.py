"""Opportunities as people read them: the list, the pipeline as a board, one opportunity with everything known of it."""
