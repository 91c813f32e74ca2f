from django.urls import URLPattern, path

from fees.views import charges, tills

app_name = "fees"
urlpatterns: list[URLPattern] = [
    path("till/", tills.till, name="till"),
    path("till/open/", tills.open_till, name="open_till"),
    path("till/close/", tills.close_form, name="close_form"),
    path("till/count/", tills.count, name="count"),
    path("till/close/anyway/", tills.close_till, name="close_till"),
    path("till/closings/<int:closing_id>/", tills.closing, name="closing"),
    path("fees/", charges.charges, name="charges"),
    path("fees/departures/<int:departure_id>/", charges.open_charge, name="open_charge"),
    path("fees/<int:charge_id>/", charges.charge, name="charge"),
    path("fees/<int:charge_id>/pay/", charges.pay, name="pay"),
    path("fees/payments/<int:payment_id>/", charges.receipt, name="receipt"),
]
