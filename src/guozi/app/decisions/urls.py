"""Addresses of decisions."""

from django.urls import path

from guozi.app.decisions import close_views, desk, views, why_views

app_name = "decisions"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("panorama/", views.panorama, name="panorama"),
    path("panorama/pulse/", views.panorama_pulse, name="panorama_pulse"),
    path("enterprises/", views.enterprise_list, name="enterprises"),
    path("enterprises/<uuid:uid>/", views.enterprise, name="enterprise"),
    path("why/<uuid:uid>/<str:period>/", why_views.why, name="why"),
    path("search/", views.search, name="search"),
    path("close/", close_views.periods, name="close"),
    path("close/<str:period>/", close_views.start, name="start_close"),
]
