"""What the tests stand on: databases, the browser of a person, counters and guards."""
