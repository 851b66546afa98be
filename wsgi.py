"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi`."""

import sys

from config import BadConfiguration
from elearn import create_app

GIVE_UP = 3  # gunicorn does not start such a process again

try:
    app = create_app()
except BadConfiguration as problem:
    sys.stderr.write(f"{problem}\n")
    sys.exit(GIVE_UP)
