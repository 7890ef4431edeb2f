"""What differs between two sets of processes: by element, row and field, and in sentences."""

from engine.comparing.differences import ADDED, CHANGED, REMOVED, Changed, Difference, compare
from engine.comparing.sentences import Sentence, sentences

__all__ = ["ADDED", "CHANGED", "REMOVED", "Changed", "Difference", "Sentence", "compare", "sentences"]
