"""Addresses of the pages of help."""

from django.urls import path

from hutong.web.help import views

urlpatterns = [
    path("", views.listed, name="help"),
    path("contact/", views.contact, name="contact"),
    path("<slug:name>/", views.page, name="help-page"),
]
