"""Addresses of messages."""

from django.urls import path

from hutong.web.desk.messages import views

URLS = (path("", views.listed, name="messages"), path("week/", views.week, name="messages-week"))
