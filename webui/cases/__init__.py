"""The page of a case: its whole story, its files, where it stands."""
