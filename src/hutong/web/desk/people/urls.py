"""Addresses of officers."""

from django.urls import path

from hutong.web.desk.people import views

URLS = (
    path("", views.listed, name="people"),
    path("add/", views.add, name="people-add"),
    path("of/<str:username>/", views.officer, name="people-of"),
)
