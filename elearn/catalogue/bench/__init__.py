"""The writer's bench: a course as its readers will see it, beside what is wrong with it, while it is written."""
