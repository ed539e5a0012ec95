"""Addresses of applications."""

from django.urls import path

from hutong.web.desk.application import form, views
from hutong.web.desk.application.kind import KIND

URLS = (
    path("", views.listed, name="applications"),
    path("terms/", views.terms, name="terms"),
    path("filings/", views.filings, name="filings"),
    path("new/<path:code>/", form.new, name="application-new"),
    path("<str:no>/", views.detail, name="application"),
    path("<str:no>/edit/", form.edit, name="application-edit"),
)
KINDS = (KIND,)
