"""Rows for tests, made through the services where there is one; a file for each domain."""
