"""Addresses of signing in and out."""

from django.urls import path

from guozi.app.identity import views

app_name = "identity"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="signin"),
    path("sign-out/", views.SignOut.as_view(), name="signout"),
    path("password/", views.password, name="password"),
]
