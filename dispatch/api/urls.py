from django.urls import URLPattern, path

from dispatch.api import views

urlpatterns: list[URLPattern] = [
    path("orders/", views.OrdersEndpoint.as_view()),
    path("orders/<int:order_id>/", views.OrderEndpoint.as_view()),
    path("orders/<int:order_id>/sign/", views.SignEndpoint.as_view()),
    path("departures/<int:departure_id>/orders/", views.DepartureOrdersEndpoint.as_view()),
    path("departures/<int:departure_id>/check/", views.CheckEndpoint.as_view()),
    path("departures/<int:departure_id>/confirm/", views.ConfirmEndpoint.as_view()),
    path("gate/events/", views.GateEventsEndpoint.as_view()),
]
