"""Pages that compose several domains: views and templates only."""
