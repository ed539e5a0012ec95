"""Addresses of officers."""

from django.urls import path

from hutong.web.desk.officers import views

URLS = (
    path("", views.listed, name="officers"),
    path("add/", views.add, name="officer-add"),
    path("of/<str:username>/", views.officer, name="officer"),
)
