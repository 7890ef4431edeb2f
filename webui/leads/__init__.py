"""Leads as people read them: the list, one lead with everything known of it, import and the lead meeting."""
