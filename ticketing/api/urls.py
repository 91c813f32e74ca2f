from django.urls import URLPattern, path

from ticketing.api.blocks import BlocksEndpoint, LiftEndpoint
from ticketing.api.changes import AffectedEndpoint, ReseatEndpoint, ToldEndpoint
from ticketing.api.feedback import AnswerEndpoint, ComplaintsEndpoint
from ticketing.api.freight import LuggageEndpoint, ParcelEndpoint, ParcelsEndpoint, ParcelStepEndpoint
from ticketing.api.papers import PrintsEndpoint
from ticketing.api.payments import (
    AssignLineEndpoint,
    BankLinesEndpoint,
    CancelPaymentEndpoint,
    ConfirmPaymentEndpoint,
    OwedBackEndpoint,
    PayBackLineEndpoint,
    PaymentEndpoint,
    PaymentsEndpoint,
    SendBackEndpoint,
)
from ticketing.api.tickets import (
    BoardEndpoint,
    ExchangeEndpoint,
    RefundEndpoint,
    SeatEndpoint,
    TicketsEndpoint,
    VoidEndpoint,
)
from ticketing.api.views import PricesEndpoint, SalesEndpoint, SeatsEndpoint, TicketEndpoint

urlpatterns: list[URLPattern] = [
    path("sales/", SalesEndpoint.as_view()),
    path("payments/", PaymentsEndpoint.as_view()),
    path("payments/<int:request_id>/", PaymentEndpoint.as_view()),
    path("payments/<int:request_id>/cancel/", CancelPaymentEndpoint.as_view()),
    path("payments/<int:request_id>/confirm/", ConfirmPaymentEndpoint.as_view()),
    path("bank-returns/", OwedBackEndpoint.as_view()),
    path("bank-returns/<int:payment_id>/", SendBackEndpoint.as_view()),
    path("bank-lines/", BankLinesEndpoint.as_view()),
    path("bank-lines/<int:line_id>/assign/", AssignLineEndpoint.as_view()),
    path("bank-lines/<int:line_id>/pay-back/", PayBackLineEndpoint.as_view()),
    path("tickets/", TicketsEndpoint.as_view()),
    path("tickets/<str:code>/", TicketEndpoint.as_view()),
    path("tickets/<str:code>/refund/", RefundEndpoint.as_view()),
    path("tickets/<str:code>/void/", VoidEndpoint.as_view()),
    path("tickets/<str:code>/prints/", PrintsEndpoint.as_view()),
    path("tickets/<str:code>/board/", BoardEndpoint.as_view()),
    path("tickets/<str:code>/exchange/", ExchangeEndpoint.as_view()),
    path("tickets/<str:code>/seat/", SeatEndpoint.as_view()),
    path("departures/<int:departure_id>/affected/", AffectedEndpoint.as_view()),
    path("parcels/", ParcelsEndpoint.as_view()),
    path("parcels/<str:code>/", ParcelEndpoint.as_view()),
    path("parcels/<str:code>/steps/", ParcelStepEndpoint.as_view()),
    path("tickets/<str:code>/luggage/", LuggageEndpoint.as_view()),
    path("affected/<int:affected_id>/told/", ToldEndpoint.as_view()),
    path("affected/<int:affected_id>/seat/", ReseatEndpoint.as_view()),
    path("complaints/", ComplaintsEndpoint.as_view()),
    path("complaints/<int:complaint_id>/answer/", AnswerEndpoint.as_view()),
    path("departures/<int:departure_id>/seats/", SeatsEndpoint.as_view()),
    path("departures/<int:departure_id>/blocks/", BlocksEndpoint.as_view()),
    path("blocks/<int:block_id>/lift/", LiftEndpoint.as_view()),
    path("departures/<int:departure_id>/prices/", PricesEndpoint.as_view()),
]
