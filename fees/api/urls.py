from django.urls import URLPattern, path

from fees.api import views

urlpatterns: list[URLPattern] = [
    path("tills/", views.TillsEndpoint.as_view()),
    path("tills/<int:till_id>/close/", views.CloseTillEndpoint.as_view()),
    path("charges/", views.ChargesEndpoint.as_view()),
    path("charges/<int:charge_id>/pay/", views.PayChargeEndpoint.as_view()),
]
