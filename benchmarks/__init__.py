"""How fast the site is, as ratios against references that are measured in the same run: `make bench`."""
