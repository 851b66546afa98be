"""Courses: their folders, the compiler, versions, publishing and the catalogue pages."""
