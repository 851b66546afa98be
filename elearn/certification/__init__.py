"""Certificates: issued with the completion that earns them, printed once, checked by anyone, ended only by name."""
