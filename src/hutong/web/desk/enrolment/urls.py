"""Addresses of enrolment."""

from django.urls import path

from hutong.web.desk.enrolment import views

URLS = (
    path("", views.enrolment, name="enrolment"),
    path("example/", views.example, name="enrolment-example"),
)
