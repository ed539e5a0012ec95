"""Addresses of grants."""

from django.urls import path

from hutong.web.desk.grants import views

URLS = (path("", views.listed, name="grants"),)
