"""Who asks, by their token: on every call of the API, so its question is written once."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed

from station.models import User
from station.models.written_once import asked_often


class StationTokenAuthentication(TokenAuthentication):
    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        found = _tokens(key)
        if not found or not found[0].user.is_active:
            raise AuthenticationFailed(_("Unknown token. Log in again for a new one."))
        return found[0].user, found[0]


@asked_often
def _tokens(key: str) -> QuerySet[Token]:
    return Token.objects.filter(key=key).select_related("user").order_by("pk")
