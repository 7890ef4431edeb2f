"""Customers as people read them: the list, one customer with credit file, decision-makers and all business."""
