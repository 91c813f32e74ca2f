from django.urls import URLPattern, path

from einvoice.api import views

urlpatterns: list[URLPattern] = [
    path("invoices/", views.InvoicesEndpoint.as_view()),
    path("invoices/<int:invoice_id>/", views.InvoiceEndpoint.as_view()),
    path("invoices/<int:invoice_id>/xml/", views.InvoiceXmlEndpoint.as_view()),
]
