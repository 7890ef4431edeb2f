"""Actions: what conditions of decisions and follow-ups oblige people to do, until somebody ticks it off."""
