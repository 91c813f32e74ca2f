from django.urls import URLPattern

app_name = "einvoice"
urlpatterns: list[URLPattern] = []
