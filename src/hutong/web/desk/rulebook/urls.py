"""Addresses of the rulebook's pages."""

from django.urls import path

from hutong.web.desk.rulebook import views

URLS = (
    path("", views.listed, name="rulebook"),
    path("versions/", views.versions, name="rulebook-versions"),
    path("change/", views.change, name="rulebook-change"),
    path("versions/<int:number>/", views.version, name="rulebook-version"),
)
