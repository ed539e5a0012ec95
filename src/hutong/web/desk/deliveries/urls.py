"""Addresses of deliveries."""

from django.urls import path

from hutong.web.desk.deliveries import views

URLS = (
    path("", views.listed, name="deliveries"),
    path("<path:code>/rejected/<str:key>/", views.rejected, name="rejected"),
)
