"""Addresses of an officer's own work."""

from django.urls import path

from hutong.web.desk.work import deputies, giving, home, together

URLS = (
    path("", home.home, name="desk"),
    path("together/", together.together, name="together"),
    path("giving/", giving.giving, name="giving"),
    path("deputies/", deputies.deputies, name="deputies"),
)
