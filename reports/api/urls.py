from django.urls import URLPattern, path

from reports.api.views import ShiftReportEndpoint

urlpatterns: list[URLPattern] = [path("reports/shifts/<int:shift_id>/", ShiftReportEndpoint.as_view())]
