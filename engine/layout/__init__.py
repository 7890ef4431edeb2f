"""Draws a diagram tidily: from its elements and flows to shapes, edges and labels (BPMN DI). Geometry only."""

from engine.layout.drawing import tidy
from engine.layout.picture import svg

__all__ = ["svg", "tidy"]
