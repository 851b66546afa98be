"""People and their institutions: accounts, sign-in, roles, profiles, countries."""
