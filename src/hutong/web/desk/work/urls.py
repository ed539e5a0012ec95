"""Addresses of an officer's own work."""

from django.urls import path

from hutong.web.desk.work import deputies, files, giving, home, offices, once_more, together

URLS = (
    path("", home.home, name="desk"),
    path("together/", together.together, name="together"),
    path("giving/", giving.giving, name="giving"),
    path("consultations/", home.consultations, name="consultations"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/all/", deputies.named_deputies, name="deputies-named"),
    path("offices/", offices.offices, name="offices"),
    path("offices/departments/", offices.departments, name="departments"),
    path("cases/<str:lifecycle>/<path:number>/attachments/", files.posted, name="case-attachments"),
    path("cases/<str:lifecycle>/<path:number>/steps/<str:action>/", once_more.once_more, name="case-step"),
    path(
        "cases/<str:lifecycle>/<path:number>/attachments/<str:attachment>/", files.handed_out, name="case-attachment"
    ),
)
