from django.urls import URLPattern, path

from ticketing.api.tickets import (
    BoardEndpoint,
    ExchangeEndpoint,
    RefundEndpoint,
    SeatEndpoint,
    TicketsEndpoint,
    VoidEndpoint,
)
from ticketing.api.views import SalesEndpoint, SeatsEndpoint, TicketEndpoint

urlpatterns: list[URLPattern] = [
    path("sales/", SalesEndpoint.as_view()),
    path("tickets/", TicketsEndpoint.as_view()),
    path("tickets/<str:code>/", TicketEndpoint.as_view()),
    path("tickets/<str:code>/refund/", RefundEndpoint.as_view()),
    path("tickets/<str:code>/void/", VoidEndpoint.as_view()),
    path("tickets/<str:code>/board/", BoardEndpoint.as_view()),
    path("tickets/<str:code>/exchange/", ExchangeEndpoint.as_view()),
    path("tickets/<str:code>/seat/", SeatEndpoint.as_view()),
    path("departures/<int:departure_id>/seats/", SeatsEndpoint.as_view()),
]
