"""Addresses of the pages of help."""

from django.urls import path

from hutong.web.help import views

urlpatterns = [
    path("", views.listed, name="help"),
    path("<slug:name>/", views.page, name="help-page"),
]
