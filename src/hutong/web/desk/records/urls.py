"""Addresses of records."""

from django.urls import path

from hutong.web.desk.records import subject, views

URLS = (
    path("", views.listed, name="records"),
    path("subject/", subject.looked_up, name="records_subject"),
    path("entry/<int:number>/", views.one, name="record"),
    path("class/<str:record_class>/", views.of_class, name="records_class"),
)
