from django.urls import URLPattern, path

from dispatch.views import changes, desk, gate, operators, orders, public

app_name = "dispatch"
urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/enter/", desk.enter, name="desk_enter"),
    path("desk/visits/<int:visit_id>/check/", desk.check, name="desk_check"),
    path("desk/departures/<int:departure_id>/price/", desk.price, name="desk_price"),
    path("desk/charges/<int:charge_id>/pay/", desk.pay, name="desk_pay"),
    path("desk/departures/<int:departure_id>/confirm/", desk.confirm, name="desk_confirm"),
    path("desk/visits/<int:visit_id>/out/", desk.let_out, name="desk_out"),
    path("orders/", orders.orders, name="orders"),
    path("orders/draw-up/", orders.draw_up, name="draw_up"),
    path("orders/<int:order_id>/", orders.order, name="order"),
    path("orders/<int:order_id>/pdf/", orders.order_pdf, name="order_pdf"),
    path("orders/<int:order_id>/scan/", orders.order_scan, name="order_scan"),
    path("orders/<int:order_id>/photo/", orders.add_photo, name="add_photo"),
    path("orders/<int:order_id>/confirm/", orders.confirm, name="confirm"),
    path("orders/<int:order_id>/unconfirm/", orders.unconfirm, name="unconfirm"),
    path("orders/<int:order_id>/cancel/", orders.cancel, name="cancel"),
    path("departures/<int:departure_id>/paper-order/", orders.paper_order, name="paper_order"),
    path("departures/<int:departure_id>/change/", changes.change, name="change"),
    path("departures/<int:departure_id>/delay/", changes.delay, name="delay"),
    path("departures/<int:departure_id>/replace/", changes.replace, name="replace"),
    path("departures/<int:departure_id>/merge/", changes.merge, name="merge"),
    path("departures/<int:departure_id>/cancel/", changes.cancel, name="cancel_departure"),
    path("gate/", gate.gate, name="gate"),
    path("gate/pass/", gate.pass_gate, name="pass_gate"),
    path("gate/<int:departure_id>/confirm/", gate.confirm, name="gate_confirm"),
    path("operator/", operators.waiting, name="operator"),
    path("operator/sign/", operators.sign, name="sign"),
    path("operator/signed/", operators.signed, name="signed"),
    path("operator/<int:order_id>/redraw/", operators.redraw, name="redraw"),
    path("driver/", operators.runs, name="driver"),
    path("verify/<str:token>/", public.verify, name="verify"),
    path(".well-known/station-keys.json", public.station_keys, name="station_keys"),
]
