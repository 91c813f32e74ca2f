from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.home, name="home"),
    path("reports/pace/", views.pace, name="pace"),
    path("reports/shifts/<int:shift_id>/", views.shift_report, name="shift"),
]
