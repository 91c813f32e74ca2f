from django.urls import path

from ticketing.views import bank, blocks, board, boarding, changes, display, exchanges, prices, returns, sell, tickets

app_name = "ticketing"
urlpatterns = [
    path("sell/", sell.sell, name="sell"),
    path("tickets/", tickets.find, name="find"),
    path("tickets/<str:code>/", tickets.ticket, name="ticket"),
    path("tickets/<str:code>/print/", tickets.print_ticket, name="print"),
    path("tickets/<str:code>/refund/", returns.refund, name="refund"),
    path("tickets/<str:code>/void/", returns.void, name="void"),
    path("tickets/<str:code>/exchange/", exchanges.exchange, name="exchange"),
    path("tickets/<str:code>/seat/", boarding.seat, name="seat"),
    path("departures/<int:departure_id>/board/", boarding.board, name="board_ticket"),
    path("departures/<int:departure_id>/seats/", blocks.seats, name="seats"),
    path("blocks/<int:block_id>/lift/", blocks.lift, name="lift_block"),
    path("departures/<int:departure_id>/passengers/", tickets.passengers, name="passengers"),
    path("bank/", bank.lines, name="bank"),
    path("bank/enter/", bank.enter, name="bank_enter"),
    path("bank/<int:line_id>/", bank.line, name="bank_line"),
    path("bank/<int:line_id>/assign/<int:request_id>/", bank.assign, name="bank_assign"),
    path("bank/<int:line_id>/explain/<int:payment_id>/", bank.explain, name="bank_explain"),
    path("bank/<int:line_id>/pay-back/", bank.pay_back, name="bank_pay_back"),
    path("display/<int:counter_id>/", display.display, name="display"),
    path("setup/prices/", prices.prices, name="prices"),
    path("setup/prices/<str:kind>/<int:pk>/end/", prices.end_price, name="end_price"),
    path("departures/<int:departure_id>/affected/", changes.affected, name="affected"),
    path("affected/<int:affected_id>/told/", changes.told, name="told"),
    path("affected/<int:affected_id>/seat/", changes.reseat, name="reseat"),
    path("changes/", changes.changes, name="changes"),
    path("board/<str:code>/", board.board, name="board"),
]
