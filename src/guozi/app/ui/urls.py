"""The living page of components."""

from django.urls import path

from guozi.app.ui import views

app_name = "ui"
urlpatterns = [path("components", views.components, name="components")]
