"""The door for the pages and the API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "station.conf.settings")

application = get_wsgi_application()

# What was loaded stays for good: looking through it for garbage again cost every sixth page a tenth of a second.
gc.collect()
gc.freeze()
