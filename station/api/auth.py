"""Logging in by machine."""

from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.throttling import ScopedRateThrottle


class LoginEndpoint(ObtainAuthToken):
    """`{"username", "password"}` → `{"token"}`."""

    right = "public"
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "login"
