"""Addresses of grants."""

from django.urls import path

from hutong.web.desk.grants import step, usage, views

URLS = (
    path("", views.listed, name="grants"),
    path("usage/<path:no>/", usage.one, name="grant-usage"),
    path("<str:no>/<str:action>/", step.step, name="grant-step"),
)
