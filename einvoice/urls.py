from django.urls import URLPattern, path

from einvoice import views

app_name = "einvoice"
urlpatterns: list[URLPattern] = [
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<int:invoice_id>/", views.invoice, name="invoice"),
    path("invoices/<int:invoice_id>/xml/", views.xml, name="xml"),
    path("invoices/<int:invoice_id>/send-again/", views.send_again, name="send_again"),
    path("invoices/messages/<int:message_id>/try-again/", views.try_again, name="try_again"),
]
