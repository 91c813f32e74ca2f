"""Lists a page at a time."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """`?limit=&offset=`; nobody gets a whole table, and no number is too large for the database."""

    max_limit = 500
