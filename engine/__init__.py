"""Runs processes from BPMN diagrams. Knows neither lead-to-cash nor the web."""
