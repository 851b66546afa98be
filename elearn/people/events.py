"""What people tell those above, in the same transaction."""

from blinker import Signal

email_confirmed = Signal("an address was confirmed: user")
