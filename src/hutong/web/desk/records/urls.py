"""Addresses of records."""

from django.urls import path

from hutong.web.desk.records import views

URLS = (path("", views.listed, name="records"),)
