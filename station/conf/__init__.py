"""Settings, addresses and the doors of the system. Whoever loads the settings gets our Celery as the current app."""

from station.conf.celery import app

__all__ = ["app"]
