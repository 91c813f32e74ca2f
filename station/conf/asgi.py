"""The door for server push; only `/events/` is asked here, everything else goes through WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "station.conf.settings")
os.environ.setdefault("ROOT_URLCONF", "station.conf.event_urls")

application = get_asgi_application()
