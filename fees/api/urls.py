from django.urls import URLPattern, path, re_path

from fees.api import corrections, moves, views

urlpatterns: list[URLPattern] = [
    path("tills/<int:till_id>/moves/", moves.MovesEndpoint.as_view()),
    path("closings/<int:closing_id>/corrections/", corrections.CorrectionsEndpoint.as_view()),
    re_path(r"^cash-moves/(?P<move_id>[0-9]+)/(?P<answer>take|decline)/$", moves.AnswerMoveEndpoint.as_view()),
    path("tills/", views.TillsEndpoint.as_view()),
    path("tills/<int:till_id>/close/", views.CloseTillEndpoint.as_view()),
    path("charges/", views.ChargesEndpoint.as_view()),
    path("charges/<int:charge_id>/pay/", views.PayChargeEndpoint.as_view()),
]
