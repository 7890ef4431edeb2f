"""What automatic steps do, one folder per domain."""
