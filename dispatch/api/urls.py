from django.urls import URLPattern, path

from dispatch.api import changes, views

urlpatterns: list[URLPattern] = [
    path("orders/", views.OrdersEndpoint.as_view()),
    path("orders/<int:order_id>/", views.OrderEndpoint.as_view()),
    path("orders/<int:order_id>/sign/", views.SignEndpoint.as_view()),
    path("orders/<int:order_id>/photo/", views.PhotoEndpoint.as_view()),
    path("departures/<int:departure_id>/orders/", views.DepartureOrdersEndpoint.as_view()),
    path("departures/<int:departure_id>/check/", views.CheckEndpoint.as_view()),
    path("departures/<int:departure_id>/confirm/", views.ConfirmEndpoint.as_view()),
    path("departures/<int:departure_id>/unconfirm/", views.UnconfirmEndpoint.as_view()),
    path("departures/<int:departure_id>/cancel/", changes.CancelEndpoint.as_view()),
    path("departures/<int:departure_id>/delay/", changes.DelayEndpoint.as_view()),
    path("departures/<int:departure_id>/vehicle/", changes.VehicleEndpoint.as_view()),
    path("departures/<int:departure_id>/merge/", changes.MergeEndpoint.as_view()),
    path("gate/events/", views.GateEventsEndpoint.as_view()),
]
