"""Completion records and exports: reads every domain, is read by none."""
