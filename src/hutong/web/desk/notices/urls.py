"""Addresses of contacts and of the notices of their change."""

from django.urls import path

from hutong.web.desk.notices import views
from hutong.web.desk.notices.kind import KIND

URLS = (
    path("", views.contacts, name="contacts"),
    path("changes/", views.changes, name="contact-changes"),
    path("changes/new/", views.new, name="contact-change-new"),
    path("changes/<str:no>/", views.change, name="contact-change"),
)
KINDS = (KIND,)
