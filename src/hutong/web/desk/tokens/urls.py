"""Addresses of personal tokens."""

from django.urls import path

from hutong.web.desk.tokens import views

URLS = (
    path("", views.listed, name="tokens"),
    path("new/", views.new, name="token-new"),
    path("<str:number>/", views.token, name="token"),
)
