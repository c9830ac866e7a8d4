"""Addresses of decisions."""

from django.urls import path

from guozi.app.decisions import desk

app_name = "decisions"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
]
