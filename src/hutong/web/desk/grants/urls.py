"""Addresses of grants."""

from django.urls import path

from hutong.web.desk.grants import step, views

URLS = (
    path("", views.listed, name="grants"),
    path("<str:no>/<str:action>/", step.step, name="grant-step"),
)
