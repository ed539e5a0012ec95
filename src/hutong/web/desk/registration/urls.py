"""Addresses of registrations."""

from django.urls import path

from hutong.web.desk.registration import form, views
from hutong.web.desk.registration.kind import KIND

URLS = (
    path("", views.listed, name="registrations"),
    path("new/<str:kind>/", form.new, name="registration-new"),
    path("<str:no>/", views.detail, name="registration"),
    path("<str:no>/edit/", form.edit, name="registration-edit"),
)
KINDS = (KIND,)
