"""Addresses of the limits of use."""

from django.urls import path

from hutong.web.desk.limits import views

URLS = (path("", views.listed, name="limits"),)
