"""Addresses of statistics."""

from django.urls import path

from hutong.web.desk.statistics import views

URLS = (
    path("", views.statistics, name="statistics"),
    path("uses/", views.sums, name="statistics-uses"),
)
