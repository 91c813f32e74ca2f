from django.urls import URLPattern, path

from fees.views import charges, corrections, moves, tills

app_name = "fees"
urlpatterns: list[URLPattern] = [
    path("till/", tills.till, name="till"),
    path("till/open/", tills.open_till, name="open_till"),
    path("till/close/", tills.close_form, name="close_form"),
    path("till/count/", tills.count, name="count"),
    path("till/close/anyway/", tills.close_till, name="close_till"),
    path("till/closings/<int:closing_id>/", tills.closing, name="closing"),
    path("till/closings/<int:closing_id>/correct/", corrections.correct, name="correct"),
    path("till/hand-over/", moves.hand_over, name="hand_over"),
    path("till/moves/<int:move_id>/take/", moves.take, name="take"),
    path("till/moves/<int:move_id>/decline/", moves.decline, name="decline"),
    path("till/cash/<slug:kind>/", moves.move, name="move"),
    path("fees/", charges.charges, name="charges"),
    path("fees/departures/<int:departure_id>/", charges.open_charge, name="open_charge"),
    path("fees/<int:charge_id>/", charges.charge, name="charge"),
    path("fees/<int:charge_id>/pay/", charges.pay, name="pay"),
    path("fees/payments/<int:payment_id>/", charges.receipt, name="receipt"),
]
