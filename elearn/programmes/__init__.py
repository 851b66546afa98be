"""Offerings: the dated (or self-paced) runs of a course in which people enrol."""
