"""Who may listen to which topic. Events carry no data, so every signed-in person may listen; boards are public."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django_eventstream.channelmanager import DefaultChannelManager

PUBLIC_TOPICS = ("board-", "display-")


class Channels(DefaultChannelManager):  # type: ignore[misc]
    def can_read_channel(self, user: AbstractBaseUser | AnonymousUser | None, channel: str) -> bool:
        return channel.startswith(PUBLIC_TOPICS) or (user is not None and user.is_authenticated)

    def is_channel_reliable(self, channel: str) -> bool:
        return False
