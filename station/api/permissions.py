"""The API asks the same table of rights as the pages."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasDeclaredRight(BasePermission):
    """A view says `right = "app.verb"` (or a dict by HTTP method); "public" and "signed_in" are said aloud too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        right = view.right.get(request.method) if isinstance(view.right, dict) else view.right
        if right == "public" or request.method == "OPTIONS":
            return True
        if not request.user.is_authenticated:
            return False
        return right == "signed_in" or right in view.place.rights
