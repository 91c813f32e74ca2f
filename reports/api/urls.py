from django.urls import URLPattern, path

from reports.api.views import PaceEndpoint, ShiftReportEndpoint

urlpatterns: list[URLPattern] = [
    path("reports/pace/", PaceEndpoint.as_view()),
    path("reports/shifts/<int:shift_id>/", ShiftReportEndpoint.as_view()),
]
