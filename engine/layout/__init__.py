"""Draws a diagram tidily: from its elements and flows to shapes, edges and labels (BPMN DI). Geometry only."""

from engine.layout.drawing import tidy

__all__ = ["tidy"]
