"""All that the push process answers."""

from django.urls import path
from django_eventstream.views import events

from station.rights import public
from station.views import health

# Who may listen to which topic is asked of station.push.Channels.
urlpatterns = [path("events/", public(events)), path("healthz", health.healthz)]
